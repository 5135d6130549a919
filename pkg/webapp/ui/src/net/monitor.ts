// What can be asked of one monitor. Documents are given as they are; what they
// mean is the business of data/.

import { parseJSON } from '../data/fault';
import { mergeEntries, parseListing, parseMultistatus, type Entry } from '../data/folder';
import type { Credentials } from '../data/model';
import type { Outline } from '../data/opml';
import type { FeedPromise } from '../data/rss';
import { baseOf, join } from './address';
import { Failure } from './failure';
import { request, type Options } from './request';

/** Monitor is one instance's server and how to ask it. */
export class Monitor {
  readonly base: string;
  /** Folder of the private documents, over WebDAV. */
  readonly folder: string;

  constructor(
    readonly outline: Outline,
    readonly credentials: Credentials,
  ) {
    this.base = baseOf(outline.feed);
    this.folder = outline.private || join(this.base, 'share', 'private', '');
  }

  async feed(signal?: AbortSignal): Promise<string> {
    return (await request(this.outline.feed, signal ? { signal } : {})).text;
  }

  /** state is the private global state. Its name is the same everywhere, so the
   * list of documents is only asked when it is not there. */
  async state(signal?: AbortSignal): Promise<unknown> {
    const options = this.private(signal);
    try {
      return parseJSON((await request(this.document('monitor.global'), options)).text);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'missing') throw error;
      const names = (await request(join(this.folder, '_document_list'), options)).text.split(/\r?\n/);
      const name = names.find((n) => n.trim() !== '' && n !== 'monitor.global')?.trim();
      if (!name) throw error;
      return parseJSON((await request(this.document(name), options)).text);
    }
  }

  /** check asks for something small that needs the password. */
  async check(timeout?: number): Promise<void> {
    await request(join(this.folder, '_document_list'), { ...this.private(), ...(timeout ? { timeout } : {}), limit: 1 << 20, accept: [404] });
  }

  document(name: string): string {
    return join(this.folder, name + '.json');
  }

  /** sample is a document about used resources. */
  sample(name: string): string {
    return join(this.folder, 'documents', name + '.json');
  }

  history(promise: FeedPromise): string {
    return join(promise.folder || join(this.base, 'public', ''), (promise.file ?? promise.name) + '.history.json');
  }

  /** json reads any document of this monitor. */
  async json(address: string, signal?: AbortSignal): Promise<unknown> {
    const secret = address.startsWith(this.folder);
    return parseJSON((await request(address, secret ? this.private(signal) : signal ? { signal } : {})).text);
  }

  config(): string {
    return join(this.folder, 'config', '.jio_documents', 'config.json');
  }

  /** putConfig asks for parameters to be changed. */
  async putConfig(list: unknown[]): Promise<void> {
    await request(join(this.folder, 'config', '.jio_documents', 'config.tmp.json'), {
      ...this.private(), method: 'PUT', body: JSON.stringify(list), headers: { 'Content-Type': 'application/json' },
    });
  }

  /** entries of a private folder. */
  async entries(path: readonly string[], signal?: AbortSignal): Promise<Entry[]> {
    const folder = this.file(path) + (path.length > 0 ? '/' : '');
    const options = this.private(signal);
    const [listed, described] = await Promise.allSettled([
      request(folder, { ...options, limit: 8 << 20 }).then((a) => parseListing(a.text)),
      request(folder, { ...options, method: 'PROPFIND', headers: { Depth: '1' }, limit: 8 << 20 }).then((a) => parseMultistatus(a.text)),
    ]);
    if (listed.status === 'rejected' && described.status === 'rejected') throw listed.reason;
    return mergeEntries(listed.status === 'fulfilled' ? listed.value : [], described.status === 'fulfilled' ? described.value : []);
  }

  file(path: readonly string[]): string {
    return join(this.folder, ...path);
  }

  private(signal?: AbortSignal): Options {
    return signal ? { credentials: this.credentials, signal } : { credentials: this.credentials };
  }
}
