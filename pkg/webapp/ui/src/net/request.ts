// One HTTP request to a monitor, with everything that can go wrong told apart.

import type { Credentials } from '../data/model';
import { encode } from '../data/transfer';
import { Failure, failureOfStatus } from './failure';

export interface Options {
  method?: 'GET' | 'HEAD' | 'PUT' | 'PROPFIND';
  credentials?: Credentials | undefined;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds without a byte before giving up. */
  timeout?: number;
  /** Bytes of the answer that are read at most. */
  limit?: number;
  /** Statuses that are answers, not failures, beside 2xx. */
  accept?: readonly number[];
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
  /** Bytes of the body. */
  size: number;
  headers: Headers;
}

const TIMEOUT = 20_000;
const LIMIT = 64 << 20;

/** request gives an answer or throws a Failure. */
export async function request(url: string, options: Options = {}): Promise<Answer> {
  // The page's policy allows https everywhere, and http only where it came from.
  if (url.startsWith('http:') && globalThis.location && !url.startsWith(location.origin + '/')) throw new Failure('insecure', url);
  const controller = new AbortController();
  const timeout = options.timeout ?? TIMEOUT;
  let timer = setTimeout(() => controller.abort('timeout'), timeout);
  const cancel = (): void => controller.abort('cancelled');
  options.signal?.addEventListener('abort', cancel);
  let answered = false;
  try {
    const response = await fetch(url, init(options, controller.signal));
    answered = true;
    const { text, size } = await read(response, options.limit ?? LIMIT, url, () => {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort('timeout'), timeout);
    });
    if (!response.ok && !options.accept?.includes(response.status)) throw failureOfStatus(url, response.status, text);
    return { status: response.status, text, size, headers: response.headers };
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (controller.signal.reason === 'timeout') throw new Failure('unreachable', url, `no answer within ${Math.round(timeout / 1000)} s`);
    if (controller.signal.aborted) throw new DOMException('cancelled', 'AbortError');
    if (answered) throw new Failure('document', url, 'the connection broke off before the end');
    throw await diagnose(url, timeout);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
  }
}

function init(options: Options, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { ...options.headers };
  if (options.credentials) {
    const { username, password } = options.credentials;
    headers['Authorization'] = 'Basic ' + encode(`${username}:${password}`);
  }
  const init: RequestInit = {
    method: options.method ?? 'GET',
    headers,
    // The browser must neither add credentials of its own nor ask for them.
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    // Ask again, but let the server say that nothing changed.
    cache: headers['Range'] || options.method === 'HEAD' ? 'no-store' : 'no-cache',
    signal,
  };
  if (options.body !== undefined) init.body = options.body;
  return init;
}

/** read decodes the body as UTF-8, whatever the answer's type says. */
async function read(response: Response, limit: number, url: string, progress: () => void): Promise<{ text: string; size: number }> {
  const reader = response.body?.getReader();
  if (!reader) return { text: '', size: 0 };
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), size };
    progress();
    size += value.byteLength;
    if (size > limit) {
      void reader.cancel();
      throw new Failure('document', url, `longer than ${Math.round(limit / (1 << 20))} MiB`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** diagnose finds out why a request failed without an answer. A browser tells a
 * page no more than that it did; what can be found out is whether the server
 * answers somebody who may not read the answer. Whether nothing is there or its
 * certificate is not trusted cannot be found out by a page (not by resource
 * timing, which is all zero then, and not by WebRTC either, we tried): both are
 * refused at once, and the interface asks the user to look. */
async function diagnose(url: string, timeout: number): Promise<Failure> {
  if (typeof navigator !== 'undefined' && navigator.onLine === false) return new Failure('offline', url);
  try {
    await fetch(url, { mode: 'no-cors', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', signal: AbortSignal.timeout(timeout) });
    return new Failure('origin', url);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return new Failure('unreachable', url, `no answer within ${Math.round(timeout / 1000)} s`);
    return new Failure('certificate', url);
  }
}
