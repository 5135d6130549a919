import { beforeEach, describe, expect, it } from 'vitest';
import { findInstance, viewOf } from '../src/app/view';
import { instanceKey, type Instance, type Source } from '../src/data/model';
import type { Problem } from '../src/data/problem';
import type { FeedPromise } from '../src/data/rss';
import type { Status } from '../src/data/status';
import { parseState } from '../src/data/state';
import { Store } from '../src/store/store';

let store: Store;
beforeEach(() => { store = new Store(); });

const source = (url: string, title = 'T'): Source => ({ url, title, username: 'u', password: 'p', active: true, state: 'Started', added: 0, outlines: [], problems: [] });
const problem: Problem = { kind: 'unreachable', url: 'https://h/public/feed', detail: '', since: 1, at: 1 };
const promise = (name: string, status: Status): FeedPromise => ({ name, status, message: '', folder: '' });

async function add(url: string, base: string, more: Partial<Instance> = {}, promises: FeedPromise[] = []): Promise<void> {
  const outline = { title: 'outline of ' + base, feed: base + '/public/feed', private: '' };
  await store.putInstance({ key: instanceKey(url, base), source: url, base, outline, problems: [], ...more }, promises);
}
const state = (status: string, date: string) => parseState({ status, date, title: 'I', specialise_title: 'T' }).state;

describe('viewOf', () => {
  it('gives every promise with its instance and subscription', async () => {
    await store.putSource(source('https://a/public/feeds', 'Tree'));
    await add('https://a/public/feeds', 'https://a', { feed: { title: 'From feed', description: 'Tree' } }, [promise('x', 'OK'), promise('y', 'ERROR')]);
    const view = viewOf(store);
    expect(view.promises.map((r) => [r.promise.name, r.instance.title, r.instance.subscription])).toEqual([['x', 'From feed', 'Tree'], ['y', 'From feed', 'Tree']]);
    expect(view.counts).toEqual({ ERROR: 1, WARNING: 0, UNKNOWN: 0, OK: 1 });
    expect([view.status, view.subscriptions[0]?.status, view.instances[0]?.status]).toEqual(['ERROR', 'ERROR', 'ERROR']);
  });

  it('takes the worst of a tree, and nothing unseen for green', async () => {
    await store.putSource(source('https://a/public/feeds'));
    await add('https://a/public/feeds', 'https://a', {}, [promise('x', 'OK')]);
    expect(viewOf(store).status).toBe('OK');
    await add('https://a/public/feeds', 'https://b', { problems: [problem] }, [promise('x', 'OK')]);
    expect([viewOf(store).status, viewOf(store).problems.length]).toEqual(['WARNING', 1]);
    await add('https://a/public/feeds', 'https://c', {}, [promise('x', 'ERROR')]);
    expect(viewOf(store).status).toBe('ERROR');
  });

  it('believes the newer of feed and state', async () => {
    const url = 'https://a/public/feeds';
    await store.putSource(source(url));
    const feed = { title: 'I', description: 'T', built: Date.UTC(2026, 0, 1, 12) };
    await add(url, 'https://older', { feed, state: state('ERROR', '2026-01-01T11:00:00+0000') }, [promise('x', 'OK')]);
    await add(url, 'https://newer', { feed, state: state('ERROR', '2026-01-01T12:00:00+0000') }, [promise('x', 'OK')]);
    await add(url, 'https://together', { feed, state: state('OK', '2026-01-01T12:00:01+0000') }, [promise('x', 'ERROR')]);
    await add(url, 'https://later', { feed, state: state('OK', '2026-01-01T13:00:00+0000') }, [promise('x', 'ERROR')]);
    await add(url, 'https://unknown', { feed, state: state('?', '2026-01-01T13:00:00+0000') }, [promise('x', 'OK')]);
    await add(url, 'https://nothing');
    expect(viewOf(store).instances.map((i) => i.status)).toEqual(['OK', 'ERROR', 'ERROR', 'OK', 'OK', 'UNKNOWN']);
  });

  it('counts nothing of what is not synchronised, and still finds it', async () => {
    await store.putSource({ ...source('https://a/public/feeds'), active: false });
    await store.putSource(source('https://b/public/feeds'));
    await add('https://a/public/feeds', 'https://a', { problems: [problem] }, [promise('x', 'ERROR')]);
    await add('https://b/public/feeds', 'https://b', {}, [promise('x', 'OK')]);
    const view = viewOf(store);
    expect([view.status, view.counts.ERROR, view.promises.length, view.instances.length, view.problems.length]).toEqual(['OK', 0, 1, 1, 0]);
    expect(view.subscriptions.map((s) => s.status)).toEqual(['ERROR', 'OK']);
    expect(findInstance(view, 'https://a')?.promises).toHaveLength(1);
  });

  it('makes no row again that did not change', async () => {
    const url = 'https://a/public/feeds';
    await store.putSource(source(url));
    await add(url, 'https://a', {}, [promise('x', 'OK')]);
    await add(url, 'https://b', {}, [promise('x', 'OK')]);
    const before = viewOf(store);
    expect(viewOf(store)).toBe(before);
    await add(url, 'https://b', {}, [promise('x', 'ERROR')]);
    const after = viewOf(store);
    expect(after.instances[0]).toBe(before.instances[0]);
    expect(after.instances[1]).not.toBe(before.instances[1]);
  });

  it('finds an instance that two subscriptions name', async () => {
    for (const url of ['https://a/public/feeds', 'https://b/public/feeds']) {
      await store.putSource(source(url, url));
      await add(url, 'https://a');
    }
    const view = viewOf(store);
    expect(findInstance(view, 'https://a', 'https://b/public/feeds')?.source.url).toBe('https://b/public/feeds');
    expect(findInstance(view, 'https://a')?.source.url).toBe('https://a/public/feeds');
    expect(findInstance(view, 'https://c')).toBeUndefined();
  });
});
