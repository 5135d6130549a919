// Synchronises the OPML of a source: which instances there are.

import { instanceKey, type Instance, type Source } from '../data/model';
import { parseOPML, type Outline } from '../data/opml';
import { carryOn } from '../data/problem';
import { baseOf } from '../net/address';
import { Failure, faultProblems, problemOf } from '../net/failure';
import { request } from '../net/request';
import type { Store } from '../store/store';
import { weigh } from './evidence';

const MAX_OPML = 8 << 20;

/** readSubscription asks for an OPML, which needs no password. */
export async function readSubscription(url: string): Promise<ReturnType<typeof parseOPML>> {
  return parseOPML((await request(url, { limit: MAX_OPML })).text);
}

/** findSubscription reads the OPML at an address, or the one of the monitor that
 * the address belongs to: people paste its base, its feed or a page of it. What
 * is wrong with the address itself is thrown when there is none. */
export async function findSubscription(address: string): Promise<ReturnType<typeof parseOPML> & { url: string }> {
  const base = baseOf(address).replace(/\/+(public|private|share|app)(\/.*)?$/, '').replace(/\/+$/, '');
  let first: unknown;
  for (const url of new Set([address, base + '/public/feeds', new URL('/public/feeds', address).href])) {
    try {
      return { ...(await readSubscription(url)), url };
    } catch (error) {
      first ??= error;
      // Where nobody answers there is no other document either.
      if (error instanceof Failure && ['offline', 'unreachable', 'certificate', 'insecure'].includes(error.kind)) break;
    }
  }
  throw first;
}

/** syncSubscription updates a source. When its OPML cannot be read the instances
 * it named last are asked all the same. */
export async function syncSubscription(source: Source): Promise<Source> {
  try {
    const found = await readSubscription(source.url);
    return {
      ...source, title: found.title || source.title, outlines: found.outlines, read: Date.now(),
      problems: carryOn(faultProblems(found.faults, source.url), source.problems),
    };
  } catch (error) {
    return { ...source, problems: carryOn([weigh(problemOf(error, source.url), undefined, source.read)], source.problems) };
  }
}

/** newInstance is one of which nothing is known yet but its outline. */
export function newInstance(source: string, outline: Outline): Instance {
  const base = baseOf(outline.feed);
  return { key: instanceKey(source, base), source, base, outline, problems: [] };
}

/** reconcile makes the stored instances those that the source names, keeping
 * what is known of them, and gives them in the order of the OPML. */
export async function reconcile(store: Store, source: Source): Promise<Instance[]> {
  const wanted = new Map(source.outlines.map((outline) => [instanceKey(source.url, baseOf(outline.feed)), outline]));
  const gone = [...store.instances.values()].filter((i) => i.source === source.url && !wanted.has(i.key));
  await store.removeInstances(gone.map((i) => i.key));
  const instances: Instance[] = [];
  for (const [key, outline] of wanted) {
    const known = store.instances.get(key);
    const instance = known ? { ...known, outline } : newInstance(source.url, outline);
    instances.push(instance);
    if (!known) await store.putInstance(instance);
  }
  return instances;
}
