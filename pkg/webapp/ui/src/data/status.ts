// Status words: what a promise, an instance or a tree can be.

export type Status = 'ERROR' | 'WARNING' | 'OK' | 'UNKNOWN';

/** STATUSES, worst first: the order of lists. */
export const STATUSES: readonly Status[] = ['ERROR', 'WARNING', 'UNKNOWN', 'OK'];

/** parseStatus reads the words of all eras; another word is UNKNOWN. */
export function parseStatus(value: unknown): Status {
  if (typeof value === 'boolean') return value ? 'OK' : 'ERROR';
  if (typeof value !== 'string') return 'UNKNOWN';
  switch (value.trim().toUpperCase()) {
    case 'OK':
    case 'SUCCESS':
      return 'OK';
    case 'ERROR':
    case 'FAILED':
    case 'FAILURE':
      return 'ERROR';
    case 'WARNING':
      return 'WARNING';
  }
  return 'UNKNOWN';
}

/** severity: 0 is worst. */
export function severity(status: Status): number {
  return STATUSES.indexOf(status);
}

/** worst of some states; of none it is UNKNOWN. */
export function worst(states: Iterable<Status>): Status {
  let found: Status | undefined;
  for (const s of states) if (found === undefined || severity(s) < severity(found)) found = s;
  return found ?? 'UNKNOWN';
}

/** Counts of promises by status. */
export type Counts = Record<Status, number>;

export function noCounts(): Counts {
  return { ERROR: 0, WARNING: 0, UNKNOWN: 0, OK: 0 };
}

export function count(states: Iterable<Status>): Counts {
  const counts = noCounts();
  for (const s of states) counts[s]++;
  return counts;
}
