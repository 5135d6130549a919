// Problems: why something shown is not newer, told apart by what one can do
// about them.

/** ProblemKind names the remedy. */
export type ProblemKind =
  | 'offline' // this browser has no network
  | 'unreachable' // no answer in time, or an address that answered before and does not now
  | 'certificate' // refused at once: an untrusted certificate, or nothing there
  | 'origin' // it answers, but does not let this page read
  | 'insecure' // an http address, which a page from https may not read
  | 'password' // 401
  | 'forbidden' // 403
  | 'missing' // 404
  | 'server' // any other answer
  | 'document'; // an answer that is not what it should be

/** Problem is one entry in the list of problems. */
export interface Problem {
  kind: ProblemKind;
  /** The address that was asked. */
  url: string;
  /** Details for a person, from the document or the status; may be ''. */
  detail: string;
  /** When it was first and last seen. */
  since: number;
  at: number;
}

/** carryOn keeps the time at which a lasting problem was first seen. */
export function carryOn(now: Problem[], before: Problem[]): Problem[] {
  return now.map((p) => {
    const old = before.find((b) => b.kind === p.kind && b.url === p.url);
    return old ? { ...p, since: old.since } : p;
  });
}
