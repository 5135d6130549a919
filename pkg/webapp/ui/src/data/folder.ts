// What a folder of a monitor holds. The names come from its HTML listing, for
// WebDAV does not show links to other folders, and the logs are behind one;
// sizes and dates come from PROPFIND where it tells them.

import { parseDate } from './date';
import { DocumentFault } from './fault';
import { title } from './text';
import { readXML } from './xml';

export interface Entry {
  name: string;
  folder: boolean;
  /** Bytes. */
  size?: number;
  modified?: number;
}

// No < inside of a tag: the search stays proportional to the length of the text.
const HREF = /<a\s[^<>]*?href\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gi;
const MAX_ENTRIES = 10_000;

/** parseListing reads the links of an HTML listing. Only names directly inside
 * the folder count: not its parent, not columns to sort by, no other site. */
export function parseListing(html: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const m of html.matchAll(HREF)) {
    const entry = childOf(unescapeHTML(m[1] ?? m[2] ?? ''));
    if (entry && !entries.has(entry.name)) entries.set(entry.name, entry);
    if (entries.size >= MAX_ENTRIES) break;
  }
  return [...entries.values()];
}

function childOf(href: string): Entry | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return undefined;
  const path = href.replace(/^\.\//, ''); // stands before a name that looks like a scheme
  if (path === '' || /^[?#/]|^\.\.?(\/|$)/.test(path)) return undefined;
  const folder = path.endsWith('/');
  const name = decodeName(path.replace(/[?#].*$/, '').replace(/\/$/, ''));
  return name === '' || name.includes('/') ? undefined : { name, folder };
}

function unescapeHTML(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#34': '"' };
  return text.replace(/&(amp|lt|gt|quot|#39|#34);/g, (_, name: string) => named[name] ?? '');
}

function decodeName(name: string): string {
  try {
    name = decodeURIComponent(name);
  } catch {
    // not UTF-8: the name as it is written
  }
  return name === '.' || name === '..' ? '' : name;
}

/** parseMultistatus reads a PROPFIND answer of depth 1: names, sizes, dates. */
export function parseMultistatus(xml: string): Entry[] {
  const entries: Entry[] = [];
  let current: Record<string, string> | undefined;
  const path: string[] = [];
  for (const event of readXML(xml)) {
    if (event.kind === 'open') {
      if (path.length === 0 && event.name !== 'multistatus') throw new DocumentFault(`not a WebDAV answer but <${title(event.name, 40)}>`);
      path.push(event.name);
      if (event.name === 'response') current = {};
      else if (event.name === 'collection' && current) current['collection'] = 'yes';
    } else if (event.kind === 'text') {
      const name = path[path.length - 1] ?? '';
      if (current) current[name] = (current[name] ?? '') + event.text;
    } else if (path.pop() === 'response' && current) {
      entries.push(entryOf(current));
      current = undefined;
    }
  }
  return entries.slice(1); // the first is the folder itself
}

function entryOf(fields: Record<string, string>): Entry {
  const segments = (fields['href'] ?? '').trim().replace(/\/+$/, '').split('/');
  const entry: Entry = { name: decodeName(segments[segments.length - 1] ?? ''), folder: fields['collection'] === 'yes' };
  const size = Number(fields['getcontentlength']);
  if (!entry.folder && fields['getcontentlength'] !== undefined && size >= 0) entry.size = size;
  const modified = parseDate(fields['getlastmodified']);
  if (modified !== undefined) entry.modified = modified;
  return entry;
}

/** mergeEntries gives every name once, folders first, with what is known of it. */
export function mergeEntries(listed: readonly Entry[], described: readonly Entry[]): Entry[] {
  const merged = new Map<string, Entry>();
  for (const e of [...listed, ...described]) if (e.name !== '') merged.set(e.name, { ...merged.get(e.name), ...e, folder: e.folder || (merged.get(e.name)?.folder ?? false) });
  return [...merged.values()].sort((a, b) => Number(b.folder) - Number(a.folder) || (a.name < b.name ? -1 : 1));
}
