// Addresses of the application's pages.

import { printQuery, type Term } from '../data/query';
import type { Status } from '../data/status';
import { printRoute } from './router';
import type { InstanceRow, PromiseRow } from './view';
import { viewOf } from './view';
import { store } from './context';

function exact(column: string, value: string): Term {
  return { column, value, exact: true };
}

export const links = {
  promises: (query = '', more: Record<string, string> = {}) => printRoute('promises', [], { query, ...more }),
  withStatus: (status: Status) => printRoute('promises', [], { query: printQuery([exact('status', status)]) }),
  promisesOf: (row: InstanceRow, status?: Status) =>
    printRoute('promises', [], { query: status ? printQuery([exact('status', status)]) : '', instance: row.title, subscription: row.subscription }),
  promisesOfSubscription: (title: string, status?: Status) =>
    printRoute('promises', [], { query: status ? printQuery([exact('status', status)]) : '', subscription: title }),
  promise: (row: PromiseRow) => printRoute('promise', [row.instance.instance.base, row.promise.name], ambiguous(row.instance)),
  instances: (query = '') => printRoute('instances', [], { query }),
  instance: (row: InstanceRow, tab = '', path: readonly string[] = []) =>
    printRoute('instance', [row.instance.base, ...(tab === '' ? [] : [tab, ...path])], ambiguous(row)),
  file: (row: InstanceRow, path: readonly string[], name: string) =>
    printRoute('instance', [row.instance.base, 'files', ...path], { ...ambiguous(row), file: name }),
  subscriptions: (query = '') => printRoute('subscriptions', [], { query }),
  subscription: (url: string) => printRoute('subscription', [url]),
  password: (url: string) => printRoute('subscription', [url, 'password']),
  configurations: () => printRoute('configurations'),
  configuration: (url: string) => printRoute('configuration', [url]),
  add: () => printRoute('setup'),
  sync: () => printRoute('sync'),
  transfer: () => printRoute('transfer'),
};

/** ambiguous names the subscription where two of them have the same instance. */
function ambiguous(row: InstanceRow): Record<string, string> {
  const same = viewOf(store).subscriptions.flatMap((s) => s.instances).some((i) => i !== row && i.instance.base === row.instance.base && i.source.url !== row.source.url);
  return same ? { source: row.source.url } : {};
}
