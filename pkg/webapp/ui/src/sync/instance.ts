// Synchronises one instance: its feed and its private state, each on its own,
// so that a wrong password hides no promise and a broken feed no state.

import type { Credentials, Instance, Source } from '../data/model';
import { carryOn, type Problem } from '../data/problem';
import { parseFeed, type Breathe, type FeedPromise } from '../data/rss';
import { parseState } from '../data/state';
import { faultProblems, problemOf } from '../net/failure';
import { Monitor } from '../net/monitor';
import { weigh } from './evidence';

/** credentialsOf are the instance's own, or its subscription's. */
export function credentialsOf(instance: Instance, source: Source): Credentials {
  return instance.credentials ?? { username: source.username, password: source.password };
}

export function monitorOf(instance: Instance, source: Source): Monitor {
  return new Monitor(instance.outline, credentialsOf(instance, source));
}

/** Synced is an instance after its synchronisation; promises are undefined when
 * the feed could not be read, and the last known ones stay. */
export interface Synced {
  instance: Instance;
  promises?: FeedPromise[];
}

const REFUSED_FOR = 60 * 60_000;

/** stillRefused gives the problem again that the password was wrong, when asking
 * once more would only be told so. insist asks all the same. */
function stillRefused(instance: Instance, credentials: Credentials, insist: boolean): Problem | undefined {
  const { refused } = instance;
  if (!refused || insist || Date.now() - refused.at > REFUSED_FOR) return undefined;
  if (refused.username !== credentials.username || refused.password !== credentials.password) return undefined;
  return instance.problems.find((p) => p.kind === 'password');
}

export async function syncInstance(instance: Instance, source: Source, breathe: Breathe, insist: boolean): Promise<Synced> {
  const monitor = monitorOf(instance, source);
  const { refused: _, ...next }: Instance = instance;
  const known = stillRefused(instance, monitor.credentials, insist);
  const problems: Problem[] = [];
  const [feed, state] = await Promise.allSettled([
    monitor.feed().then((text) => parseFeed(text, breathe)),
    known ? Promise.reject(known) : monitor.state().then(parseState),
  ]);
  const synced: Synced = { instance: next };
  if (feed.status === 'fulfilled') {
    const { title, description, built, promises, faults } = feed.value;
    next.feed = built === undefined ? { title, description } : { title, description, built };
    next.feedRead = Date.now();
    synced.promises = promises;
    problems.push(...faultProblems(faults, instance.outline.feed));
  } else problems.push(weigh(problemOf(feed.reason, instance.outline.feed), instance.outline, instance.feedRead));
  if (state.status === 'fulfilled') {
    next.state = state.value.state;
    next.stateRead = Date.now();
    problems.push(...faultProblems(state.value.faults, monitor.document('monitor.global')));
  } else if (known) {
    synced.instance.refused = instance.refused as NonNullable<Instance['refused']>;
    problems.push(known);
  } else {
    const problem = weigh(problemOf(state.reason, monitor.document('monitor.global')), instance.outline, instance.stateRead);
    if (problem.kind === 'password') synced.instance.refused = { ...monitor.credentials, at: Date.now() };
    problems.push(problem);
  }
  next.problems = carryOn(withoutEchoes(problems), instance.problems);
  return synced;
}

/** withoutEchoes keeps one of the problems that concern the whole server. */
function withoutEchoes(problems: Problem[]): Problem[] {
  const whole = ['offline', 'unreachable', 'certificate', 'insecure', 'origin'];
  return problems.filter((p, i) => !(whole.includes(p.kind) && problems.findIndex((q) => q.kind === p.kind) < i));
}
