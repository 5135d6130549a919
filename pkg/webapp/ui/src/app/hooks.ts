// How components follow what changes.

import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Problem } from '../data/problem';
import type { Monitor } from '../net/monitor';
import { problemOf } from '../net/failure';
import { store, synchroniser } from './context';
import type { Progress } from '../sync/synchroniser';

/** useStore draws the component again when the store changed, and gives its
 * version for memoising. */
export function useStore(): number {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => store.subscribe(() => draw(undefined as never)), []);
  return store.version;
}

export function useProgress(): Progress | undefined {
  const [progress, set] = useState(synchroniser.progress);
  useEffect(() => synchroniser.subscribe(() => set(synchroniser.progress)), []);
  return progress;
}

/** useNow draws ages again every half minute. */
export function useNow(): number {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** useOnline tells whether this device has a network, and follows it. */
export function useOnline(): boolean {
  const [online, set] = useState(navigator.onLine);
  useEffect(() => {
    const follow = (): void => set(navigator.onLine);
    follow();
    for (const e of ['online', 'offline']) window.addEventListener(e, follow);
    return () => { for (const e of ['online', 'offline']) window.removeEventListener(e, follow); };
  }, []);
  return online;
}

export function useMedia(query: string): boolean {
  const [matches, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = (): void => set(list.matches);
    follow();
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return matches;
}

/** Loaded is a document of a page: what is known of it, and why not more. */
export interface Loaded<T> {
  value?: T;
  /** When it was read; older than now if the monitor does not answer. */
  read?: number;
  problem?: Problem;
  loading: boolean;
  refresh: () => void;
}

/** useDocument reads a document of a monitor and keeps it for offline use. What
 * was read before is shown until something newer is there. every is in
 * milliseconds; 0 is once. What holds secrets is not kept. */
export function useDocument<T>(monitor: Monitor | undefined, address: string, parse: (value: unknown) => T, every = 0, keep = true): Loaded<T> {
  const [state, set] = useState<Omit<Loaded<T>, 'refresh'>>({ loading: true });
  const parser = useRef(parse);
  parser.current = parse;
  const [turn, refresh] = useReducer((n: number) => n + 1, 0);
  const password = monitor?.credentials.password ?? '';

  useEffect(() => set({ loading: true }), [address]);
  useEffect(() => {
    if (!monitor || address === '') return undefined;
    const controller = new AbortController();
    void load(monitor, address, parser.current, keep, controller.signal, (next) => {
      if (!controller.signal.aborted) set((old) => ({ ...(next.value === undefined ? old : {}), ...next }));
    });
    return () => controller.abort();
  }, [address, password, turn]);
  useEffect(() => {
    if (every === 0) return undefined;
    const timer = setInterval(() => document.visibilityState === 'visible' && refresh(undefined as never), every);
    return () => clearInterval(timer);
  }, [every]);
  return { ...state, refresh: useCallback(() => refresh(undefined as never), []) };
}

type Show<T> = (next: Omit<Loaded<T>, 'refresh'>) => void;

async function load<T>(monitor: Monitor, address: string, parse: (value: unknown) => T, keep: boolean, signal: AbortSignal, show: Show<T>): Promise<void> {
  const recalled = store.recall(address).catch(() => undefined);
  try {
    const value = await monitor.json(address, signal);
    const read = Date.now();
    show({ value: parse(value), read, loading: false });
    if (keep) await store.remember(address, value, read);
  } catch (error) {
    if (signal.aborted) return;
    const known = await recalled;
    const problem = problemOf(error, address);
    try {
      show(known ? { value: parse(known.document), read: known.read, problem, loading: false } : { problem, loading: false });
    } catch {
      show({ problem, loading: false });
    }
  }
}
