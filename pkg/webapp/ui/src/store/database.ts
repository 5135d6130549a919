// IndexedDB: what the application keeps between visits.

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Instance, PromiseList, Settings, Source } from '../data/model';

/** Remembered is a document as it was last read, for when it cannot be. */
export interface Remembered {
  address: string;
  document: unknown;
  read: number;
}

interface Schema extends DBSchema {
  sources: { key: string; value: Source };
  instances: { key: string; value: Instance };
  promises: { key: string; value: PromiseList };
  settings: { key: string; value: Settings };
  documents: { key: string; value: Remembered; indexes: { read: number } };
}

export type Database = IDBPDatabase<Schema>;

const NAME = 'slapmonitor';
const VERSION = 1;

// async, so that a browser without IndexedDB makes it reject, not throw.
export async function openDatabase(name = NAME): Promise<Database> {
  return openDB<Schema>(name, VERSION, {
    upgrade(db) {
      db.createObjectStore('sources', { keyPath: 'url' });
      db.createObjectStore('instances', { keyPath: 'key' });
      db.createObjectStore('promises', { keyPath: 'key' });
      db.createObjectStore('settings');
      db.createObjectStore('documents', { keyPath: 'address' }).createIndex('read', 'read');
    },
    blocking(_current, _blocked, event) {
      // Another tab runs a newer version: let it go on, and this one reload.
      (event.target as IDBDatabase).close();
    },
  });
}
