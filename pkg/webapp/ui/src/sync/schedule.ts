// When to synchronise: at start if it is due, at each interval, when the network
// comes back, and when somebody looks at the page again.

import type { Store } from '../store/store';
import type { Synchroniser } from './synchroniser';

const MINUTE = 60_000;

/** schedule starts it; the function it gives ends it. */
export function schedule(store: Store, synchroniser: Synchroniser): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const due = (): number => store.settings.lastSync + store.settings.interval * MINUTE - Date.now();

  const plan = (): void => {
    clearTimeout(timer);
    if (store.settings.interval === 0 || store.sources.size === 0) return;
    timer = setTimeout(() => void run(), Math.min(Math.max(due(), 0), 60 * MINUTE));
  };
  const run = async (): Promise<void> => {
    if (due() <= 0 && navigator.onLine) await synchroniser.run(undefined, 'due');
    // Without a network, or while another tab does it, look again later.
    if (due() <= 0) await new Promise((resolve) => setTimeout(resolve, MINUTE));
    plan();
  };
  const look = (): void => {
    if (document.visibilityState === 'visible') plan();
  };

  const unsubscribe = store.subscribe(plan);
  window.addEventListener('online', look);
  document.addEventListener('visibilitychange', look);
  plan();
  return () => {
    clearTimeout(timer);
    unsubscribe();
    window.removeEventListener('online', look);
    document.removeEventListener('visibilitychange', look);
  };
}
