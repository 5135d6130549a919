// Verifies an OPML and its password before they are kept.

import type { Credentials } from '../data/model';
import type { Outline } from '../data/opml';
import type { Problem } from '../data/problem';
import { problemOf } from '../net/failure';
import { Monitor } from '../net/monitor';
import { weigh } from './evidence';
import { pool } from './pool';
import { findSubscription } from './subscription';

/** Verdict on one instance; no problem means that the password is right. */
export interface Verdict {
  outline: Outline;
  problem?: Problem;
}

export interface Verification {
  /** Where the OPML was found. */
  url: string;
  title: string;
  outlines: Outline[];
  verdicts: Verdict[];
  faults: string[];
}

const PATIENCE = 8000; // milliseconds: somebody waits, and who is late is asked again by the synchronisation

/** verify reads the OPML, which may throw, and tries the credentials on each of
 * its instances; progress is called after each of them. */
export async function verify(url: string, credentials: Credentials, progress: (done: number, total: number) => void = () => {}): Promise<Verification> {
  const { url: found, title, outlines, faults } = await findSubscription(url);
  const verdicts: Verdict[] = outlines.map((outline) => ({ outline }));
  let done = 0;
  progress(0, outlines.length);
  await pool(verdicts, 16, async (verdict) => {
    const monitor = new Monitor(verdict.outline, credentials);
    try {
      await monitor.check(PATIENCE);
    } catch (error) {
      verdict.problem = weigh(problemOf(error, monitor.folder), verdict.outline, undefined);
    }
    progress(++done, outlines.length);
  });
  return { url: found, title, outlines, verdicts, faults };
}

/** accepted: the password is right somewhere, and nowhere wrong. An instance
 * that cannot be asked now decides nothing. */
export function accepted(v: Verification): boolean {
  return v.verdicts.some((d) => !d.problem) && !v.verdicts.some((d) => d.problem?.kind === 'password');
}
