// Changes the password of all instances of a hosting subscription. There is no
// transaction over several servers, so each step can be repeated: an instance
// that has the new password already is done, one that failed is tried again.

import type { Credentials } from '../data/model';
import { PASSWORD_KEY, withEdits } from '../data/parameter';
import { Failure } from '../net/failure';
import { Monitor } from '../net/monitor';
import type { Outline } from '../data/opml';

export type Step = 'waiting' | 'checking' | 'changing' | 'confirming' | 'changed' | 'already' | 'failed';

const PATIENCE = 90_000;

/** changePassword changes one instance and tells its steps. It throws what went
 * wrong; then the old password still is in use as far as anybody knows. */
export async function changePassword(
  outline: Outline, old: Credentials, password: string, tell: (step: Step) => void, pause = 3000,
): Promise<'changed' | 'already'> {
  const before = new Monitor(outline, old);
  const after = new Monitor(outline, { username: old.username, password });
  tell('checking');
  try {
    await before.check();
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'password') throw error;
    await after.check(); // throws when neither password is right
    return 'already';
  }
  // It was changed before, and remembered, when others of its tree failed.
  if (old.password === password) return 'already';
  tell('changing');
  const config = await before.json(before.config());
  await before.putConfig(withEdits(config, new Map([[PASSWORD_KEY, password]])));
  tell('confirming');
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      await after.check();
      return 'changed';
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'password' || Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** unfit says why a password cannot be used, '' if it can: the setup link that
 * the stack publishes carries it plainly. */
export function unfit(password: string): 'short' | 'characters' | '' {
  if (password.length < 8) return 'short';
  return /^[\x21-\x7e]+$/.test(password) && !/[&#=+%:"<>`]/.test(password) ? '' : 'characters';
}

/** generatePassword gives 20 random letters and digits, none easily mistaken. */
export function generatePassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  let password = '';
  while (password.length < 20) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      // Reject the uneven rest, or some letters would come more often.
      if (byte < 256 - (256 % letters.length) && password.length < 20) password += letters[byte % letters.length];
    }
  }
  return password;
}
