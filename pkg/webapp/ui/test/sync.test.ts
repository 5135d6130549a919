import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Source } from '../src/data/model';
import { openDatabase } from '../src/store/database';
import { Store } from '../src/store/store';
import { Synchroniser } from '../src/sync/synchroniser';
import { pool } from '../src/sync/pool';
import { verify } from '../src/sync/verify';
import { FakeMonitor } from './monitor';

let root: FakeMonitor, child: FakeMonitor, store: Store, sync: Synchroniser;
let databases = 0;

beforeEach(async () => {
  [root, child] = await Promise.all([new FakeMonitor().start(), new FakeMonitor().start()]);
  child.title = 'J';
  root.children = [child];
  store = new Store();
  await store.open(openDatabase(`test-${databases++}`));
  sync = new Synchroniser(store);
  await store.putSource(source());
});
afterEach(() => Promise.all([root.stop(), child.stop()]));

function source(): Source {
  return { url: root.opml, title: '', username: 'admin', password: 'secret', active: true, state: 'Started', added: 1, outlines: [], problems: [] };
}
function instance(title: string) {
  const found = [...store.instances.values()].find((i) => i.outline.title === title);
  if (!found) throw new Error('no instance ' + title);
  return found;
}
const kinds = (title: string): string[] => instance(title).problems.map((p) => p.kind);

describe('synchronisation', () => {
  it('reads every instance, and keeps it', async () => {
    await sync.run();
    expect(store.sources.get(root.opml)).toMatchObject({ title: 'T', problems: [] });
    expect(store.instances.size).toBe(2);
    expect(store.promises.get(instance('J').key)?.map((p) => [p.name, p.status])).toEqual([['a', 'OK'], ['b', 'ERROR']]);
    expect(instance('I').state).toMatchObject({ title: 'I', computer: 'COMP' });

    const again = new Store();
    await again.open(openDatabase(`test-${databases - 1}`));
    expect(again.instances.get(instance('I').key)).toEqual(instance('I'));
    expect(again.promises.get(instance('I').key)).toHaveLength(2);
    expect(again.settings.lastSync).toBe(store.settings.lastSync);
  });

  it('a wrong password of one instance hides none of its promises', async () => {
    child.password = 'other';
    await sync.run();
    expect(kinds('J')).toEqual(['password']);
    expect(store.promises.get(instance('J').key)).toHaveLength(2);
    expect(kinds('I')).toEqual([]);
  });

  it('an instance may have credentials of its own', async () => {
    child.password = 'other';
    await sync.run();
    await store.putInstance({ ...instance('J'), credentials: { username: 'admin', password: 'other' } });
    await sync.run();
    expect(kinds('J')).toEqual([]);
    expect(instance('J').state?.title).toBe('J');
  });

  it('does not send a refused password at each interval, but when asked to', async () => {
    const asked = () => child.requests.filter((r) => r.includes('/share/private/')).length;
    child.password = 'other';
    await sync.run();
    expect(asked()).toBe(1);
    await sync.run(undefined, 'due');
    expect([asked(), kinds('J')]).toEqual([1, ['password']]);
    await sync.run();
    expect(asked()).toBe(2);
    await store.putSource({ ...source(), password: 'third' }); // not the one that was refused
    await sync.run(undefined, 'due');
    expect(asked()).toBe(3);
    child.password = 'secret';
    await store.putSource(source());
    await sync.run(undefined, 'due');
    expect(kinds('J')).toEqual([]);
  });

  it('an unreachable instance keeps its last state, says since when, and stops no other', async () => {
    await sync.run();
    await child.stop();
    await sync.run();
    const first = instance('J').problems[0];
    expect(kinds('J')).toEqual(['unreachable']);
    expect(store.promises.get(instance('J').key)).toHaveLength(2);
    expect(instance('J').state?.title).toBe('J');
    await sync.run();
    expect(instance('J').problems[0]?.since).toBe(first?.since);
    expect(kinds('I')).toEqual([]);
    await child.start();
  });

  it.each([
    ['malformed feed', '/public/feed', { body: '<rss><channel><title>x' }],
    ['feed that is HTML', '/public/feed', { body: '<html><body>Sign in</body></html>' }],
    ['empty feed', '/public/feed', { body: '' }],
    ['malformed state', '/share/private/monitor.global.json', { body: '{"title":' }],
    ['state that is a list', '/share/private/monitor.global.json', { body: '[]' }],
  ])('a %s is told, and the last known kept', async (_, path, answer) => {
    await sync.run();
    child.answers.set(path, answer);
    await sync.run();
    expect(kinds('J')).toEqual(['document']);
    expect(store.promises.get(instance('J').key)).toHaveLength(2);
    expect(instance('J').state?.title).toBe('J');
  });

  it('an OPML that cannot be read leaves its instances synchronised', async () => {
    await sync.run();
    root.answers.set('/public/feeds', { status: 500, body: 'oops' });
    child.promises = [['a', 'OK', '']];
    await sync.run();
    expect(store.sources.get(root.opml)?.problems.map((p) => p.kind)).toEqual(['server']);
    expect(store.promises.get(instance('J').key)).toHaveLength(1);
  });

  it('forgets an instance that the OPML no longer names, and a promise that the feed no longer names', async () => {
    await sync.run();
    root.children = [];
    root.promises = [];
    await sync.run();
    expect([...store.instances.values()].map((i) => i.outline.title)).toEqual(['I']);
    expect(store.promises.get(instance('I').key)).toEqual([]);
  });

  it('leaves inactive sources alone', async () => {
    await store.putSource({ ...source(), active: false });
    await sync.run();
    expect(root.requests).toEqual([]);
  });

  it('keeps instances of one title apart', async () => {
    child.title = 'I';
    await sync.run();
    expect(store.instances.size).toBe(2);
  });

  it('removes a source with everything of it', async () => {
    await sync.run();
    await store.removeSource(root.opml);
    expect([store.sources.size, store.instances.size, store.promises.size]).toEqual([0, 0, 0]);
  });

  it('asks at most as many at once as it may', async () => {
    let now = 0, most = 0;
    await pool([...Array(50).keys()], 8, async () => {
      most = Math.max(most, ++now);
      await new Promise((r) => setTimeout(r));
      now--;
    });
    expect(most).toBe(8);
  });
});

describe('verify', () => {
  it('tells who refuses the password', async () => {
    child.password = 'other';
    const { title, verdicts } = await verify(root.opml, { username: 'admin', password: 'secret' });
    expect(title).toBe('T');
    expect(verdicts.map((v) => v.problem?.kind)).toEqual([undefined, 'password']);
  });
  it('finds the OPML of a monitor by whatever address of it', async () => {
    for (const path of ['', '/', '/public', '/public/feed', '/app/#/promises', '/share/private/']) {
      expect((await verify(root.base + path, { username: 'admin', password: 'secret' })).url).toBe(root.opml);
    }
  });
  it('fails on what is no OPML', async () => {
    root.answers.set('/public/feeds', { body: '<rss/>' });
    await expect(verify(root.opml, { username: 'a', password: 'b' })).rejects.toThrow(/not OPML but <rss>/);
    await expect(verify(root.base + '/elsewhere', { username: 'a', password: 'b' })).rejects.toThrow(/missing/);
  });
});
