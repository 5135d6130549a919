// NAME.history.json: what a promise said, in the shapes of 2017 and of today
// (app-wire 3.4).

import { parseDate } from './date';
import { asObject, DocumentFault, requireObject } from './fault';
import { parseStatus, type Status } from './status';
import { message } from './text';

/** HistoryEntry is a run of equal results. */
export interface HistoryEntry {
  status: Status;
  message: string;
  /** First and last result of the run. */
  from: number;
  to: number;
  /** When the status had last changed by then. */
  changed?: number;
  /** How many results it stands for. */
  count: number;
}

export interface History {
  /** Oldest first. */
  entries: HistoryEntry[];
  faults: string[];
}

const MAX_ENTRIES = 50_000;

/** parseHistory folds results that repeat, whoever wrote them. */
export function parseHistory(value: unknown): History {
  const data = requireObject(value)['data'];
  if (!Array.isArray(data)) throw new DocumentFault('the history has no list of results');
  const faults: string[] = [];
  let left = 0;
  const results: HistoryEntry[] = [];
  for (const raw of data.slice(-MAX_ENTRIES)) {
    const entry = parseEntry(raw);
    if (entry) results.push(entry);
    else left++;
  }
  if (left > 0) faults.push(`${left} results could not be read`);
  if (data.length > MAX_ENTRIES) faults.push(`only the last ${MAX_ENTRIES} results are read`);
  results.sort((a, b) => a.from - b.from);
  return { entries: fold(results), faults };
}

function parseEntry(raw: unknown): HistoryEntry | undefined {
  const o = asObject(raw);
  if (!o) return undefined;
  const changed = parseDate(o['change-date']) ?? parseDate(o['change-time']);
  // date has a zone; the 2017 start-date is the server's local time, and is
  // taken for UTC as the existing application does.
  const from = parseDate(o['date']) ?? parseDate(o['start-date']) ?? changed;
  if (from === undefined) return undefined;
  const count = o['count'];
  const entry: HistoryEntry = {
    status: parseStatus(o['status'] ?? (typeof o['failed'] === 'boolean' ? !o['failed'] : undefined)),
    message: message(o['message']),
    from,
    to: Math.max(from, parseDate(o['last-date']) ?? from),
    count: typeof count === 'number' && count >= 1 ? Math.floor(count) : 1,
  };
  if (changed !== undefined) entry.changed = changed;
  return entry;
}

function fold(results: HistoryEntry[]): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const r of results) {
    const last = entries[entries.length - 1];
    if (last && last.status === r.status && last.message === r.message) {
      last.to = Math.max(last.to, r.to);
      last.count += r.count;
    } else entries.push(r);
  }
  return entries;
}

/** Span is a part of the timeline in one status. */
export interface Span {
  status: Status;
  from: number;
  to: number;
}

/** timeline joins entries of one status. A result holds until the next one. */
export function timeline(entries: readonly HistoryEntry[]): Span[] {
  const spans: Span[] = [];
  entries.forEach((e, i) => {
    const to = entries[i + 1]?.from ?? e.to;
    const last = spans[spans.length - 1];
    if (last && last.status === e.status) last.to = Math.max(last.to, to);
    else spans.push({ status: e.status, from: e.from, to });
  });
  return spans;
}
