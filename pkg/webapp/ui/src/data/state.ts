// monitor.global.json: the state of one instance, in the keys of every era
// (app-wire 3.3).

import { parseDate } from './date';
import { asObject, requireObject, type JSONObject } from './fault';
import { parseParameters, type Parameter } from './parameter';
import { parseStatus, type Status } from './status';
import { title, webAddress } from './text';

/** InstanceState is what an instance says of itself. Absent texts are ''. */
export interface InstanceState {
  title: string;
  tree: string;
  status: Status;
  date?: number;
  computer: string;
  partition: string;
  ipv4: string;
  ipv6: string;
  release: string;
  softwareType: string;
  errors: number;
  warnings: number;
  successes: number;
  parameters: Parameter[];
  links: { private: string; public: string; feed: string };
  /** Name of the document with the promises' progression, without .json. */
  progression: string;
}

/** parseState takes what it understands of a document and tells the rest as
 * faults. A document that is no object is a DocumentFault. */
export function parseState(value: unknown): { state: InstanceState; faults: string[] } {
  const doc = requireObject(value);
  const faults: string[] = [];
  const embedded = asObject(asObject(doc['_embedded'])?.['instance']) ?? {};
  const counts = asObject(doc['state']) ?? {};
  const data = asObject(doc['data']) ?? {};
  const state: InstanceState = {
    title: title(doc['title']),
    tree: title(doc['specialise_title']) || title(doc['hosting-title']),
    status: parseStatus(doc['status']),
    computer: title(doc['aggregate_reference']) || title(embedded['computer']),
    partition: title(doc['partition_id']) || title(embedded['partition']),
    ipv4: addresses(doc['ipv4'] ?? embedded['ipv4']),
    ipv6: addresses(doc['ipv6'] ?? embedded['ipv6']),
    release: title(doc['software_release'], 1000) || title(embedded['software-release'], 1000),
    softwareType: title(doc['software_type']) || title(embedded['software-type']),
    errors: amount(counts['error']),
    warnings: amount(counts['warning']),
    successes: amount(counts['success']),
    parameters: parseParameters(doc['parameters']).parameters,
    links: { private: link(doc, 'private_url'), public: link(doc, 'public_url'), feed: link(doc, 'rss_url') },
    progression: documentName(data['state']) || 'monitor_state.data',
  };
  const date = parseDate(doc['date']);
  if (date !== undefined) state.date = date;
  else faults.push('the state has no date that can be read');
  if (state.status === 'UNKNOWN') faults.push(`the state has no status that is known (${JSON.stringify(title(doc['status'], 40))})`);
  return { state, faults };
}

/** addresses: one address, or a list of them. */
function addresses(value: unknown): string {
  return Array.isArray(value) ? title(value.map((v) => title(v)).join(' ')) : title(value);
}

function amount(value: unknown): number {
  const n = typeof value === 'string' ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) && n > 0 ? Math.floor(n) : 0;
}

function link(doc: JSONObject, relation: string): string {
  const found = asObject(asObject(doc['_links'])?.[relation]);
  return webAddress(found?.['href']).replace(/\/jio_(public|private)\/?$/, '/$1/');
}

/** documentName is a name that stays inside the folder it is asked in. */
function documentName(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}$/.test(value) ? value : '';
}
