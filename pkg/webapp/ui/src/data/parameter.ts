// Parameters of an instance: config.json, and the edited copy that is put back
// as config.tmp.json (app-wire 3.6 and 4).

import { asObject, DocumentFault } from './fault';
import { message, title } from './text';

/** Parameter is one entry; one with an empty key can only be read. */
export interface Parameter {
  key: string;
  title: string;
  value: string;
}

/** PASSWORD_KEY is the parameter that holds the monitor's own password. */
export const PASSWORD_KEY = 'monitor-password';

/** parseParameters drops entries that are none, and tells how many. */
export function parseParameters(value: unknown): { parameters: Parameter[]; faults: string[] } {
  if (!Array.isArray(value)) return { parameters: [], faults: value === undefined ? [] : ['the parameters are not a list'] };
  const parameters: Parameter[] = [];
  let left = 0;
  for (const entry of value.slice(0, 1000)) {
    const o = asObject(entry);
    if (!o || (typeof o['key'] !== 'string' && typeof o['title'] !== 'string')) left++;
    else parameters.push({ key: title(o['key']), title: title(o['title']) || title(o['key']), value: valueText(o['value']) });
  }
  return { parameters, faults: left > 0 ? [`${left} parameters could not be read`] : [] };
}

const MAX_VALUE = 1 << 20;

/** valueText is a value as it is shown, and compared: without the line end that
 * upstream's files carry. */
export function valueText(value: unknown): string {
  return message(value, MAX_VALUE);
}

/** withEdits is the document to put: the list exactly as the server has it now,
 * with the edited values. Other entries are handed back unchanged, whatever
 * they hold, so that a form that was open for hours undoes nobody's work. */
export function withEdits(current: unknown, edits: ReadonlyMap<string, string>): unknown[] {
  if (!Array.isArray(current)) throw new DocumentFault('config.json is not a list');
  const missing = new Set(edits.keys());
  const list = current.map((entry: unknown) => {
    const o = asObject(entry);
    const key = o?.['key'];
    if (!o || typeof key !== 'string' || key === '' || !edits.has(key)) return entry;
    missing.delete(key);
    return { ...o, value: edits.get(key) };
  });
  if (missing.size > 0) throw new DocumentFault(`config.json has no parameter ${[...missing].join(', ')}`);
  return list;
}

/** valueOf is a parameter's value in a config.json. */
export function valueOf(current: unknown, key: string): string | undefined {
  if (!Array.isArray(current)) return undefined;
  for (const entry of current) {
    const o = asObject(entry);
    if (o?.['key'] === key) return valueText(o['value']);
  }
  return undefined;
}
