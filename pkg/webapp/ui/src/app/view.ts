// What the lists show: promises, instances and hosting subscriptions as rows,
// derived from the store and kept while what they come from is the same.

import type { Instance, Source } from '../data/model';
import type { Problem } from '../data/problem';
import type { FeedPromise } from '../data/rss';
import { noCounts, severity, worst, type Counts, type Status } from '../data/status';
import { hostOf } from '../net/address';
import type { Store } from '../store/store';

export interface PromiseRow {
  promise: FeedPromise;
  instance: InstanceRow;
}

export interface InstanceRow {
  instance: Instance;
  source: Source;
  title: string;
  subscription: string;
  computer: string;
  status: Status;
  counts: Counts;
  /** When the monitor last said anything, by its clock. */
  date?: number;
  problems: readonly Problem[];
  promises: readonly PromiseRow[];
}

export interface SubscriptionRow {
  source: Source;
  title: string;
  status: Status;
  counts: Counts;
  date?: number;
  instances: readonly InstanceRow[];
  problems: readonly Problem[];
}

/** What is not synchronised is in subscriptions only: nobody looks after it. */
export interface View {
  promises: readonly PromiseRow[];
  instances: readonly InstanceRow[];
  subscriptions: readonly SubscriptionRow[];
  counts: Counts;
  problems: readonly Problem[];
  /** The one colour in the header. */
  status: Status;
}

const NONE: readonly FeedPromise[] = [];
const rows = new WeakMap<Instance, { source: Source; promises: readonly FeedPromise[]; row: InstanceRow }>();
let made: { store: Store; version: number; view: View } | undefined;

/** viewOf is cheap when nothing changed, and in proportion to what did. */
export function viewOf(store: Store): View {
  if (made?.store === store && made.version === store.version) return made.view;
  const bySource = new Map<string, InstanceRow[]>([...store.sources.keys()].map((url) => [url, []]));
  for (const instance of store.instances.values()) {
    const source = store.sources.get(instance.source);
    if (source) bySource.get(source.url)?.push(instanceRow(instance, source, store.promises.get(instance.key) ?? NONE));
  }
  const subscriptions = [...store.sources.values()].map((s) => subscriptionRow(s, bySource.get(s.url) ?? []));
  const active = subscriptions.filter((s) => s.source.active);
  const instances = active.flatMap((s) => s.instances);
  const problems = active.flatMap((s) => s.problems);
  const view: View = {
    subscriptions, instances, problems,
    promises: instances.flatMap((i) => i.promises),
    counts: total(instances),
    status: worst(active.map((s) => s.status)),
  };
  made = { store, version: store.version, view };
  return view;
}

function instanceRow(instance: Instance, source: Source, promises: readonly FeedPromise[]): InstanceRow {
  const known = rows.get(instance);
  if (known && known.source === source && known.promises === promises) return known.row;
  const { state, feed } = instance;
  const counts = noCounts();
  for (const p of promises) counts[p.status]++;
  const row: InstanceRow = {
    instance, source, counts, problems: instance.problems, promises: [],
    title: state?.title || feed?.title || instance.outline.title || hostOf(instance.base),
    subscription: titleOf(source),
    computer: state?.computer ?? '',
    status: statusOf(instance, promises),
  };
  const date = Math.max(state?.date ?? 0, feed?.built ?? 0);
  if (date > 0) row.date = date;
  row.promises = promises.map((promise) => ({ promise, instance: row }));
  rows.set(instance, { source, promises, row });
  return row;
}

const ONE_PASS = 60_000; // milliseconds between two documents that say the same

/** statusOf takes the newer of the two documents that tell it, and the worst of
 * those that were written together. */
function statusOf(instance: Instance, promises: readonly FeedPromise[]): Status {
  const { state, feed } = instance;
  const newer = (state?.date ?? 0) - (feed?.built ?? 0);
  if (state && state.status !== 'UNKNOWN') {
    if (Math.abs(newer) <= ONE_PASS) return worst([state.status, ...promises.map((p) => p.status)]);
    if (newer > 0) return state.status;
  }
  if (promises.length > 0) return worst(promises.map((p) => p.status));
  return state?.status ?? (feed ? 'OK' : 'UNKNOWN');
}

function subscriptionRow(source: Source, instances: readonly InstanceRow[]): SubscriptionRow {
  const problems = [...source.problems, ...instances.flatMap((i) => i.problems)];
  const states: Status[] = instances.map((i) => i.status);
  // What cannot be seen is not green.
  if (problems.length > 0) states.push('WARNING');
  const row: SubscriptionRow = { source, title: titleOf(source), instances, problems, status: worst(states), counts: total(instances) };
  const date = Math.max(0, ...instances.map((i) => i.date ?? 0));
  if (date > 0) row.date = date;
  return row;
}

function titleOf(source: Source): string {
  return source.title || hostOf(source.url);
}

function total(instances: readonly InstanceRow[]): Counts {
  const counts = noCounts();
  for (const i of instances) for (const s of Object.keys(counts) as Status[]) counts[s] += i.counts[s];
  return counts;
}

/** findInstance by its address; source tells apart two subscriptions that name
 * the same instance. */
export function findInstance(view: View, base: string, source?: string | null): InstanceRow | undefined {
  const found = view.subscriptions.flatMap((s) => s.instances.filter((i) => i.instance.base === base));
  return found.find((i) => i.source.url === source) ?? found[0];
}

/** byWorst is the first order of lists: worst first, then newest. */
export function byWorst(a: PromiseRow, b: PromiseRow): number {
  return severity(a.promise.status) - severity(b.promise.status) || (b.promise.since ?? 0) - (a.promise.since ?? 0);
}
