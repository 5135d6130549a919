// A browser does not tell a page why a connection was refused: nothing is
// there, or the certificate is not trusted. What is known besides often does.

import type { Outline } from '../data/opml';
import type { Problem } from '../data/problem';

// What the stack, of both eras, calls a sub-instance that its root has never
// been able to ask for its title. The root does not look at certificates.
const NEVER_SEEN = /^Unknown Instance\b/;

/** weigh decides for a refused connection. Something that this browser has read
 * before had a certificate that it trusts, and something that its own root has
 * never reached is not there for anybody: neither is unreachable because of its
 * certificate. */
export function weigh(problem: Problem, outline: Outline | undefined, readBefore: number | undefined): Problem {
  if (problem.kind !== 'certificate') return problem;
  const unreachable = readBefore !== undefined || (outline !== undefined && NEVER_SEEN.test(outline.title));
  return unreachable ? { ...problem, kind: 'unreachable' } : problem;
}
