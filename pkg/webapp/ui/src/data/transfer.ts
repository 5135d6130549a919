// Import and export of the list of OPMLs, in the existing application's format
// (app-wire 5). Its importer refuses keys it does not know, so the export has
// exactly the five that all of its versions take.

import { asObject, DocumentFault, parseJSON, requireObject } from './fault';
import { opmlAddress, title } from './text';

/** Transferred is what a file says of one OPML. */
export interface Transferred {
  url: string;
  title: string;
  username: string;
  password: string;
  active: boolean;
  state: string;
}

/** exportSources gives the text of an export. Without passwords the list can be
 * shared; whoever imports it types them. */
export function exportSources(sources: readonly Transferred[], withPasswords: boolean): string {
  const list = sources.map((s) => ({
    basic_login: withPasswords ? encode(`${s.username}:${s.password}`) : '',
    url: s.url,
    title: s.title,
    active: s.active,
    state: s.state,
  }));
  return JSON.stringify({ opml_description_list: list }, null, 1);
}

/** importSources reads an export of ours, of the existing application, and of
 * its predecessor. An entry that cannot be read is told, and the others taken. */
export function importSources(text: string): { sources: Transferred[]; faults: string[] } {
  const doc = requireObject(parseJSON(text));
  const today = doc['opml_description_list'];
  const old = doc['opml_description'];
  const list = Array.isArray(today) ? today : Array.isArray(old) ? old : undefined;
  if (!list) throw new DocumentFault('this is no export of monitor configurations: it has no opml_description_list');
  const logins = list === old ? oldLogins(doc['monitor_url']) : undefined;
  const sources: Transferred[] = [];
  const faults: string[] = [];
  list.forEach((entry: unknown, i: number) => {
    const o = asObject(entry) ?? {};
    const url = opmlAddress(o['url'] ?? o['href']);
    if (url === '') faults.push(`entry ${i + 1} has no web address`);
    else if (sources.some((s) => s.url === url)) faults.push(`entry ${i + 1} repeats ${url}`);
    else sources.push({ url, ...login(o['basic_login'] ?? logins?.get(url)), title: title(o['title']), active: o['active'] !== false, state: title(o['state']) || 'Started' });
  });
  return { sources, faults };
}

/** oldLogins: the first export format kept logins per monitor, by its OPML. */
function oldLogins(value: unknown): Map<string, unknown> {
  const logins = new Map<string, unknown>();
  for (const entry of Array.isArray(value) ? value : []) {
    const o = asObject(entry);
    const url = opmlAddress(o?.['parent_url'] ?? o?.['url']);
    if (o && url !== '' && !logins.has(url)) logins.set(url, o['login']);
  }
  return logins;
}

function login(value: unknown): { username: string; password: string } {
  const none = { username: '', password: '' };
  if (typeof value !== 'string') return none;
  try {
    const text = decode(value.replace(/^Basic\s+/i, ''));
    const colon = text.indexOf(':'); // a password may hold more of them
    return colon < 0 ? none : { username: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return none;
  }
}

/** encode is base64 of UTF-8; btoa alone fails outside of Latin-1. */
export function encode(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function decode(base64: string): string {
  const bytes = Uint8Array.from(atob(base64.trim()), (c) => c.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return String.fromCharCode(...bytes); // written by btoa from Latin-1
  }
}
