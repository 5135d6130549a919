// Failures of requests, told apart by their remedy.

import type { Problem, ProblemKind } from '../data/problem';
import { DocumentFault } from '../data/fault';

/** Failure is a request that gave no usable answer. */
export class Failure extends Error {
  override name = 'Failure';
  constructor(
    readonly kind: ProblemKind,
    readonly url: string,
    readonly detail = '',
    /** Status of the answer, 0 when there was none. */
    readonly status = 0,
  ) {
    super(`${url}: ${kind} ${detail}`);
  }
}

/** failureOfStatus is what an answer that is no success means. */
export function failureOfStatus(url: string, status: number, text: string): Failure {
  const detail = `${status}${text.trim() === '' ? '' : ': ' + text.trim().slice(0, 500)}`;
  if (status === 401) return new Failure('password', url, '', status);
  if (status === 403) return new Failure('forbidden', url, detail, status);
  if (status === 404 || status === 410) return new Failure('missing', url, '', status);
  return new Failure('server', url, detail, status);
}

/** problemOf makes an entry of the list of problems of whatever was thrown. An
 * error of our own code is told too: silence would hide it. */
export function problemOf(error: unknown, url: string, now = Date.now()): Problem {
  const at = { since: now, at: now };
  if (error instanceof Failure) return { kind: error.kind, url: error.url, detail: error.detail, ...at };
  if (error instanceof DocumentFault) return { kind: 'document', url, detail: error.message, ...at };
  return { kind: 'document', url, detail: error instanceof Error ? error.message : String(error), ...at };
}

/** faultProblems are the faults of a document that was read all the same. */
export function faultProblems(faults: readonly string[], url: string, now = Date.now()): Problem[] {
  if (faults.length === 0) return [];
  const more = faults.length > 5 ? [`… and ${faults.length - 5} more`] : [];
  return [{ kind: 'document', url, detail: [...faults.slice(0, 5), ...more].join('; '), since: now, at: now }];
}
