// Edits parameters of an instance, and finds out whether the edit took effect:
// some servers apply it before they answer, some up to a minute later, and some
// never say that they could not.

import { valueOf, valueText, withEdits } from '../data/parameter';
import type { Monitor } from '../net/monitor';

/** Conflict: somebody else changed what is being edited. */
export class Conflict extends Error {
  override name = 'Conflict';
  constructor(readonly key: string, readonly value: string) {
    super(`${key} was changed meanwhile`);
  }
}

/** NotApplied: the server accepted the edit, and did not do it. */
export class NotApplied extends Error {
  override name = 'NotApplied';
  constructor(readonly keys: string[]) {
    super(`not applied: ${keys.join(', ')}`);
  }
}

/** Edit of one parameter: the value it was edited from, and to. */
export interface Edit {
  key: string;
  from: string;
  to: string;
}

const PATIENCE = 90_000; // the existing stack applies edits within 75 seconds

/** applyEdits puts the edits and waits until config.json shows them; it gives
 * the values as they are shown then. */
export async function applyEdits(monitor: Monitor, edits: readonly Edit[], waiting: () => void = () => {}, pause = 3000): Promise<Map<string, string>> {
  const current = await monitor.json(monitor.config());
  for (const e of edits) {
    const value = valueOf(current, e.key);
    if (value !== undefined && value !== valueText(e.from) && value !== valueText(e.to)) throw new Conflict(e.key, value);
  }
  await monitor.putConfig(withEdits(current, new Map(edits.map((e) => [e.key, e.to]))));
  const until = Date.now() + PATIENCE;
  for (let first = true; ; first = false) {
    const shown = await monitor.json(monitor.config());
    const pending = edits.filter((e) => valueOf(shown, e.key) !== valueText(e.to)).map((e) => e.key);
    if (pending.length === 0) return new Map(edits.map((e) => [e.key, valueOf(shown, e.key) ?? '']));
    if (Date.now() > until) throw new NotApplied(pending);
    if (first) waiting();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
