// RSS: the promises of one instance (app-wire 3.2).

import { parseDate } from './date';
import { DocumentFault } from './fault';
import { parseStatus, type Status } from './status';
import { message, title, webAddress } from './text';
import { readXML } from './xml';

/** FeedPromise is the last result of a promise. */
export interface FeedPromise {
  name: string;
  status: Status;
  message: string;
  /** When the status last changed, in milliseconds. */
  since?: number;
  /** Folder of its history; '' if the feed does not say. */
  folder: string;
  /** Name of its documents, where another promise of the feed has it too. */
  file?: string;
}

export interface Feed {
  title: string;
  description: string;
  /** When the monitor made the feed. */
  built?: number;
  promises: FeedPromise[];
  faults: string[];
}

/** A feed longer than this is cut: no page can show more. */
export const MAX_PROMISES = 50_000;

/** Breathe lets the page handle input; see parseFeed. */
export type Breathe = () => Promise<void>;
const SLICE = 25; // milliseconds of work between two breaths; above 50 people notice

/** parseFeed reads a feed in slices so that a huge one does not block the page.
 * The promises before a fault are kept, and the fault told. */
export async function parseFeed(text: string, breathe: Breathe = async () => {}): Promise<Feed> {
  const reader = new FeedReader();
  let until = performance.now() + SLICE;
  try {
    for (const event of readXML(text)) {
      if (event.kind === 'open') reader.open(event.name, event.attributes);
      else if (event.kind === 'text') reader.text(event.text);
      else if (reader.close() && performance.now() > until) {
        await breathe();
        until = performance.now() + SLICE;
      }
      if (reader.feed.promises.length > MAX_PROMISES) throw new DocumentFault(`only the first ${MAX_PROMISES} promises are read`);
    }
  } catch (error) {
    if (!(error instanceof DocumentFault) || reader.feed.promises.length === 0) throw error;
    reader.feed.promises.length = Math.min(reader.feed.promises.length, MAX_PROMISES);
    reader.feed.faults.push(error.message);
  }
  return reader.finish();
}

type Fields = Record<string, string>;

class FeedReader {
  readonly feed: Feed = { title: '', description: '', promises: [], faults: [] };
  private readonly path: string[] = [];
  private readonly channel: Fields = Object.create(null);
  private readonly names = new Map<string, number>();
  private item: Fields | undefined;
  /** The last folder that was read: it is the same for a whole feed as a rule. */
  private folder = { address: '', checked: '' };
  private into: { fields: Fields; key: string } | undefined;

  open(name: string, attributes: Fields): void {
    if (this.path.length === 0 && name !== 'rss') throw new DocumentFault(`not RSS but <${title(name, 40)}>`);
    this.path.push(name);
    if (this.path.length === 3 && name === 'item') this.item = Object.create(null) as Fields;
    const fields = this.path.length === 4 ? this.item : this.path.length === 3 ? this.channel : undefined;
    // The first of a repeated element counts, as in the existing application.
    this.into = fields && !(name in fields) ? { fields, key: name } : undefined;
    if (this.into) {
      this.into.fields[name] = '';
      if (name === 'source') this.into.fields['source@url'] = attributes['url'] ?? '';
    }
  }

  text(text: string): void {
    if (this.into) this.into.fields[this.into.key] += text;
  }

  /** close tells whether an item ended. */
  close(): boolean {
    const depth = this.path.length;
    const name = this.path.pop();
    this.into = undefined;
    if (depth !== 3 || name !== 'item' || !this.item) return false;
    this.add(this.item);
    this.item = undefined;
    return true;
  }

  private add(item: Fields): void {
    const address = item['source@url'] ?? '';
    if (address !== this.folder.address) this.folder = { address, checked: webAddress(address).replace(/\/jio_public\/?$/, '/public/') };
    const promise = promiseOf(item, this.folder.checked);
    if (promise.name === '') {
      this.feed.faults.push('a promise without a name is left out');
      return;
    }
    // Two of one name stay apart: the second is shown, under another name.
    const times = (this.names.get(promise.name) ?? 0) + 1;
    this.names.set(promise.name, times);
    if (times > 1) {
      promise.file = promise.name;
      promise.name += ` #${times}`;
    }
    this.feed.promises.push(promise);
  }

  finish(): Feed {
    if (!('lastBuildDate' in this.channel) && !('title' in this.channel)) throw new DocumentFault('the feed has no channel');
    this.feed.title = title(this.channel['title']);
    this.feed.description = title(this.channel['description']);
    const built = parseDate(this.channel['lastBuildDate']);
    if (built !== undefined) this.feed.built = built;
    else this.feed.faults.push('the feed does not say when it was made');
    return this.feed;
  }
}

function promiseOf(item: Fields, folder: string): FeedPromise {
  const shown = title(item['title']).replace(/^\[[A-Z]+\]\s*/, '');
  const promise: FeedPromise = {
    name: title(item['source']) || shown,
    status: parseStatus(item['category']),
    message: message(messageOf(item)),
    folder,
  };
  const since = parseDate(item['pubDate']);
  if (since !== undefined) promise.since = since;
  return promise;
}

/** messageOf prefers comments, which hold the message as it is. The first line
 * of a description is a heading in one era and empty in the others. */
function messageOf(item: Fields): string {
  if (item['comments']) return item['comments'];
  const text = item['description'] ?? '';
  return text.slice(text.indexOf('\n') + 1);
}
