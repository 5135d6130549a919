// The store: everything the lists show, in memory, and written through to
// IndexedDB. Pages read it synchronously and are told when it changed.

import { DEFAULT_SETTINGS, type Instance, type Settings, type Source } from '../data/model';
import type { FeedPromise } from '../data/rss';
import type { Database, Remembered } from './database';

type Listener = () => void;
const REMEMBERED = 300; // documents kept for offline use

export class Store {
  readonly sources = new Map<string, Source>();
  readonly instances = new Map<string, Instance>();
  /** Promises by the key of their instance. */
  readonly promises = new Map<string, readonly FeedPromise[]>();
  settings: Settings = DEFAULT_SETTINGS;
  /** Grows with each change. */
  version = 0;
  /** Why nothing is kept between visits; '' if it is. */
  volatile = '';

  private db: Database | undefined;
  private readonly listeners = new Set<Listener>();
  private announced = false;
  /** Writes that were begun, and those that have not ended. */
  private writes = 0;
  private writing = 0;
  private following: ReturnType<typeof setTimeout> | undefined;
  private readonly channel: BroadcastChannel | undefined;

  constructor(channel?: BroadcastChannel) {
    this.channel = channel;
    channel?.addEventListener('message', () => this.follow());
  }

  /** open uses db from now on. Without one everything works until the tab is
   * closed: a browser in private mode may refuse to keep anything. */
  async open(db: Promise<Database>): Promise<void> {
    try {
      this.db = await db;
      await this.load();
    } catch (error) {
      this.db = undefined;
      this.volatile = error instanceof Error ? error.message : String(error);
      this.changed();
    }
  }

  /** follow takes over what another tab wrote, a moment after its last write of
   * many. */
  private follow(): void {
    clearTimeout(this.following);
    this.following = setTimeout(() => void this.load().catch(() => undefined), 700);
  }

  private async load(): Promise<void> {
    if (!this.db) return;
    const writes = this.writes;
    const [sources, instances, lists, settings] = await Promise.all([
      this.db.getAll('sources'), this.db.getAll('instances'), this.db.getAll('promises'), this.db.get('settings', 'settings'),
    ]);
    // What this tab wrote meanwhile is not in what was read: read it again, later.
    if (this.writing > 0 || writes !== this.writes) return this.follow();
    this.sources.clear();
    this.instances.clear();
    this.promises.clear();
    for (const s of sources) this.sources.set(s.url, s);
    for (const i of instances) this.instances.set(i.key, i);
    for (const l of lists) this.promises.set(l.key, l.promises);
    this.settings = { ...DEFAULT_SETTINGS, ...settings };
    this.changed();
  }

  subscribe(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** changed tells the pages, at most twenty times a second: a synchronisation
   * changes something for each of its instances. */
  private changed(): void {
    this.version++;
    if (this.announced) return;
    this.announced = true;
    setTimeout(() => {
      this.announced = false;
      for (const l of [...this.listeners]) l();
    }, 50);
  }

  async putSource(source: Source): Promise<void> {
    this.sources.set(source.url, source);
    this.changed();
    await this.write((db) => db.put('sources', source));
  }

  /** removeSource forgets an OPML and everything that came from it. */
  async removeSource(url: string): Promise<void> {
    this.sources.delete(url);
    const keys = [...this.instances.values()].filter((i) => i.source === url).map((i) => i.key);
    const bases = keys.map((key) => this.instances.get(key)?.base + '/');
    await Promise.all([this.removeInstances(keys), this.forget(bases), this.write((db) => db.delete('sources', url))]);
    this.changed();
  }

  /** putInstance keeps an instance, and its promises when they were read. */
  async putInstance(instance: Instance, promises?: readonly FeedPromise[]): Promise<void> {
    if (!this.sources.has(instance.source)) return; // removed while it was being read
    this.instances.set(instance.key, instance);
    if (promises) this.promises.set(instance.key, promises);
    this.changed();
    await this.write(async (db) => {
      await db.put('instances', instance);
      if (promises) await db.put('promises', { key: instance.key, promises: [...promises] });
    });
  }

  async removeInstances(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.instances.delete(key);
      this.promises.delete(key);
    }
    if (keys.length > 0) this.changed();
    await this.write(async (db) => {
      for (const key of keys) await Promise.all([db.delete('instances', key), db.delete('promises', key)]);
    });
  }

  async putSettings(settings: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...settings };
    this.changed();
    await this.write((db) => db.put('settings', this.settings, 'settings'));
  }

  /** remember keeps a document for offline use, and forgets the oldest ones. */
  async remember(address: string, document: unknown, read: number): Promise<void> {
    await this.write(async (db) => {
      await db.put('documents', { address, document, read });
      let surplus = (await db.count('documents')) - REMEMBERED;
      if (surplus <= 0) return;
      const tx = db.transaction('documents', 'readwrite');
      for (let c = await tx.store.index('read').openCursor(); c && surplus > 0; c = await c.continue(), surplus--) void c.delete();
      await tx.done;
    }, false);
  }

  /** forget the documents of some monitors. */
  private async forget(bases: readonly string[]): Promise<void> {
    await this.write(async (db) => {
      for (const address of await db.getAllKeys('documents')) {
        if (bases.some((base) => address.startsWith(base))) await db.delete('documents', address);
      }
    });
  }

  async recall(address: string): Promise<Remembered | undefined> {
    return this.db?.get('documents', address);
  }

  private async write(work: (db: Database) => Promise<unknown>, shared = true): Promise<void> {
    if (!this.db) return;
    this.writes++;
    this.writing++;
    try {
      await work(this.db);
      if (shared) this.channel?.postMessage('changed');
    } catch (error) {
      // A full disk must not end a synchronisation: the tab goes on without.
      this.volatile = error instanceof Error ? error.message : String(error);
      this.changed();
    } finally {
      this.writing--;
    }
  }
}
