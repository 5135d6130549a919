// What the application knows, as it is kept in the browser.

import type { Outline } from './opml';
import type { FeedPromise } from './rss';
import type { InstanceState } from './state';
import type { Problem } from './problem';

/** Source is an OPML that the user added: one hosting subscription. */
export interface Source {
  /** Address of the OPML; its identity. */
  url: string;
  title: string;
  username: string;
  password: string;
  /** Only active ones are synchronised. */
  active: boolean;
  /** What the subscription is asked to be; kept for the existing application. */
  state: string;
  added: number;
  /** When the OPML was last read without fault. */
  read?: number;
  outlines: Outline[];
  problems: Problem[];
}

/** Instance is one monitored computer partition. Its last known state stays
 * whatever happens later; problems tell why it is not newer. */
export interface Instance {
  /** Source and base address: its identity. */
  key: string;
  source: string;
  /** Address of the monitor without a slash at its end. */
  base: string;
  outline: Outline;
  /** What the private global state said last. */
  state?: InstanceState;
  /** What the feed's channel said last. */
  feed?: { title: string; description: string; built?: number };
  /** When feed and state were last read, by this browser's clock. */
  feedRead?: number;
  stateRead?: number;
  /** Credentials of this instance where they differ from its source's. */
  credentials?: Credentials;
  /** Credentials that the instance refused, and when. They are not sent again
   * at each synchronisation: servers answer later and later, to everybody at
   * this address who is wrong. */
  refused?: Credentials & { at: number };
  problems: Problem[];
}

export interface Credentials {
  username: string;
  password: string;
}

/** PromiseList is kept apart from its instance, one record each: ten thousand
 * records of one promise each would take seconds to write. */
export interface PromiseList {
  key: string;
  promises: FeedPromise[];
}

/** Settings of the application. */
export interface Settings {
  /** Minutes between two synchronisations; 0 is never. */
  interval: number;
  theme: 'system' | 'light' | 'dark';
  /** When the last synchronisation ended. */
  lastSync: number;
}

export const DEFAULT_SETTINGS: Settings = { interval: 5, theme: 'system', lastSync: 0 };

/** instanceKey joins what identifies an instance. Neither half can hold a blank. */
export function instanceKey(source: string, base: string): string {
  return source + ' ' + base;
}
