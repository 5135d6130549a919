import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import type { Source } from '../src/data/model';
import { openDatabase } from '../src/store/database';
import { Store } from '../src/store/store';

const source: Source = { url: 'https://a/public/feeds', title: 'T', username: 'u', password: 'p', active: true, state: 'Started', added: 0, outlines: [], problems: [] };
let databases = 0;

async function opened(): Promise<Store> {
  const store = new Store();
  await store.open(openDatabase(`store-${databases++}`));
  return store;
}

describe('store', () => {
  it('tells many changes once', async () => {
    const store = await opened();
    await new Promise((r) => setTimeout(r, 100));
    let told = 0;
    store.subscribe(() => told++);
    await Promise.all(Array.from({ length: 20 }, (_, interval) => store.putSettings({ interval })));
    await new Promise((r) => setTimeout(r, 100));
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(10);
  });

  it('remembers documents, the newest of them, until the source is removed', async () => {
    const store = await opened();
    await store.putSource(source);
    await store.putInstance({ key: source.url + ' https://a', source: source.url, base: 'https://a', outline: { title: '', feed: 'https://a/public/feed', private: '' }, problems: [] });
    for (let i = 0; i < 310; i++) await store.remember(`https://a/share/private/${i}.json`, { i }, i);
    await store.remember('https://ab/other.json', 1, 999);
    expect(await store.recall('https://a/share/private/0.json')).toBeUndefined();
    expect((await store.recall('https://a/share/private/309.json'))?.document).toEqual({ i: 309 });
    await store.removeSource(source.url);
    expect(await store.recall('https://a/share/private/309.json')).toBeUndefined();
    expect((await store.recall('https://ab/other.json'))?.document).toBe(1);
  });

  it('does not bring back an instance of a source that was removed meanwhile', async () => {
    const store = await opened();
    await store.putInstance({ key: 'x https://a', source: 'x', base: 'https://a', outline: { title: '', feed: '', private: '' }, problems: [] }, []);
    expect(store.instances.size).toBe(0);
  });

  it('works, and says so, where nothing can be kept', async () => {
    const store = new Store();
    await store.open(Promise.reject(new Error('private mode')));
    expect(store.volatile).toBe('private mode');
    await store.putSource(source);
    expect(store.sources.size).toBe(1);
  });

  it('does not lose to the news of another tab what it wrote meanwhile', async () => {
    const channel = Object.assign(new EventTarget(), { postMessage: () => undefined });
    const db = await openDatabase(`store-${databases++}`);
    let reading = 0;
    const slow = new Proxy(db, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          const result: unknown = await value.apply(target, args);
          if (key === 'getAll') { reading++; await new Promise((r) => setTimeout(r, 100)); }
          return result;
        };
      },
    });
    const store = new Store(channel as unknown as BroadcastChannel);
    await store.open(Promise.resolve(slow));
    reading = 0;
    channel.dispatchEvent(new Event('message'));
    while (reading === 0) await new Promise((r) => setTimeout(r, 10));
    await store.putSource(source);
    const before = reading;
    while (reading < before + 3) {
      expect(store.sources.size).toBe(1);
      await new Promise((r) => setTimeout(r, 10));
    }
  });
});
