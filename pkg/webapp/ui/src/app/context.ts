// The parts that the whole application shares.

import { openDatabase } from '../store/database';
import { Store } from '../store/store';
import { Synchroniser } from '../sync/synchroniser';

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('slapmonitor');

export const store = new Store(channel);
export const synchroniser = new Synchroniser(store);

/** ready is done when what was kept is there. It never fails. */
export const ready = store.open(openDatabase());
