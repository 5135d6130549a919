// The synchronisation of everything: all OPMLs, then all instances, a bounded
// number at a time, none of which can stop another.

import type { Instance, Source } from '../data/model';
import type { Store } from '../store/store';
import { syncInstance } from './instance';
import { pool } from './pool';
import { reconcile, syncSubscription } from './subscription';

/** Progress of a synchronisation that runs. */
export interface Progress {
  done: number;
  total: number;
}

/** WIDTH is how many monitors are asked at once. */
const WIDTH = 16;

export class Synchroniser {
  /** undefined when none runs. */
  progress: Progress | undefined;
  private running: Promise<void> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: Store,
    private readonly lock: (work: () => Promise<void>, patient: boolean) => Promise<void> = acrossTabs,
  ) {}

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** run synchronises the active sources, or only some. A call while another
   * runs waits for it, and runs again only if it asked for something special.
   * 'now' is somebody who waits for it: passwords that were refused are tried
   * again. 'due' is the clock: nothing is done when another tab is at it. */
  async run(only?: readonly string[], why: 'now' | 'due' | 'added' = 'now'): Promise<void> {
    while (this.running) {
      await this.running;
      if (!only) return;
    }
    this.running = this.lock(() => this.all(only, why === 'now'), why !== 'due');
    try {
      await this.running;
    } finally {
      this.running = undefined;
      this.tell(undefined);
    }
  }

  private async all(only: readonly string[] | undefined, insist: boolean): Promise<void> {
    const { store } = this;
    const sources = [...store.sources.values()].filter((s) => s.active && (!only || only.includes(s.url)));
    this.tell({ done: 0, total: sources.length });
    const work: [Instance, Source][] = [];
    await pool(sources, WIDTH, async (source) => {
      const synced = await syncSubscription(source);
      const current = store.sources.get(source.url);
      if (!current) return; // removed meanwhile
      // Credentials may have been edited meanwhile: only what was read is taken.
      const next = { ...current, title: synced.title, outlines: synced.outlines, problems: synced.problems, ...(synced.read ? { read: synced.read } : {}) };
      await store.putSource(next);
      for (const instance of await reconcile(store, next)) work.push([instance, next]);
    });
    await this.instances(work, insist);
    const everything = [...store.sources.values()].every((s) => !s.active || sources.some((t) => t.url === s.url));
    if (everything) await store.putSettings({ lastSync: Date.now() });
  }

  private async instances(work: [Instance, Source][], insist: boolean): Promise<void> {
    // Those that failed last time come last: time-outs delay nobody's news.
    work.sort((a, b) => a[0].problems.length - b[0].problems.length);
    let done = 0;
    this.tell({ done, total: work.length });
    await pool(work, WIDTH, async ([instance, source]) => {
      const synced = await syncInstance(instance, source, breathe, insist);
      const current = this.store.instances.get(instance.key);
      if (current?.credentials !== instance.credentials && current) synced.instance.credentials = current.credentials as NonNullable<Instance['credentials']>;
      await this.store.putInstance(synced.instance, synced.promises);
      this.tell({ done: ++done, total: work.length });
    });
  }

  private tell(progress: Progress | undefined): void {
    this.progress = progress;
    for (const l of [...this.listeners]) l();
  }
}

/** breathe lets the browser handle input and draw. Timers wait 4 ms more. */
function breathe(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}

/** acrossTabs lets one tab at a time synchronise; the others get its results. */
async function acrossTabs(work: () => Promise<void>, patient: boolean): Promise<void> {
  if (typeof navigator === 'undefined' || !navigator.locks) return work();
  await navigator.locks.request('slapmonitor-sync', { ifAvailable: !patient }, async (lock) => {
    if (lock) await work();
  });
}
