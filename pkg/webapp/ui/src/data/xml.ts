// A small XML reader for feeds, OPML and WebDAV answers. It exists because the
// browser's parser is all or nothing, blocks the page for as long as a huge feed
// takes, and is missing where the unit tests run. It reads elements, text,
// CDATA, and the predefined entities; it refuses entity declarations, so no
// document can make it fetch or expand anything.

import { DocumentFault } from './fault';

export type XMLEvent =
  | { kind: 'open'; name: string; attributes: Record<string, string> }
  | { kind: 'text'; text: string }
  | { kind: 'close'; name: string };

const MAX_DEPTH = 64;
const NAME = /[^\s/>="'<]+/y;
// A value may hold what should have been escaped: the Python stack writes titles
// into OPMLs as they are. A quote ends it where a tag can go on behind it.
const ATTRIBUTE = /\s+([^\s/>="'<]+)\s*=\s*(?:"([^"]*(?:"(?!\s+[\w:.-]+\s*=|\s*\/?>)[^"]*)*)"|'([^']*)')/y;
const TAG_END = /\s*(\/?)>/y;
const ENTITY = /&([^;&\s]{0,12});?/g;
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** readXML gives a document's events one by one. A fault is thrown where it
 * stands; what came before it has been given. Names keep their local part only. */
export function* readXML(text: string): Generator<XMLEvent, void> {
  const open: string[] = [];
  let roots = 0;
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (end > at) {
      const run = text.slice(at, end);
      if (open.length > 0) yield { kind: 'text', text: decode(run) };
      else if (run.trim().replace('\ufeff', '') !== '') throw fault(text, at, 'text outside of the document element');
    }
    if (next < 0) break;
    const skipped = skipMarkup(text, next);
    if (skipped) {
      if (skipped.text !== undefined && open.length > 0) yield { kind: 'text', text: skipped.text };
      at = skipped.end;
      continue;
    }
    if (text[next + 1] === '/') {
      const [name, after] = closeTag(text, next);
      if (open.pop() !== name) throw fault(text, next, `</${name}> closes nothing that is open`);
      yield { kind: 'close', name: local(name) };
      at = after;
      continue;
    }
    const tag = openTag(text, next);
    if (open.length === 0 && roots++ > 0) throw fault(text, next, 'a second document element');
    yield { kind: 'open', name: local(tag.name), attributes: tag.attributes };
    if (tag.empty) yield { kind: 'close', name: local(tag.name) };
    else if (open.push(tag.name) > MAX_DEPTH) throw fault(text, next, `more than ${MAX_DEPTH} elements inside each other`);
    at = tag.end;
  }
  if (open.length > 0) throw fault(text, text.length, `the document ends inside <${open[open.length - 1]}>`);
  if (roots === 0) throw new DocumentFault('not an XML document');
}

function skipMarkup(text: string, at: number): { end: number; text?: string } | undefined {
  if (text.startsWith('<!--', at)) return { end: after(text, '-->', at + 4) };
  if (text.startsWith('<![CDATA[', at)) {
    const end = after(text, ']]>', at + 9);
    return { end, text: text.slice(at + 9, end - 3) };
  }
  if (text.startsWith('<?', at)) return { end: after(text, '?>', at + 2) };
  if (text.startsWith('<!', at)) {
    const end = after(text, '>', at + 2);
    if (text.slice(at, end).includes('[')) throw fault(text, at, 'declarations inside a DOCTYPE are refused');
    return { end };
  }
  return undefined;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  if (at < 0) throw fault(text, text.length, `the document ends before ${mark}`);
  return at + mark.length;
}

function closeTag(text: string, at: number): [name: string, end: number] {
  const end = after(text, '>', at + 2);
  return [text.slice(at + 2, end - 1).trimEnd(), end];
}

function openTag(text: string, at: number): { name: string; attributes: Record<string, string>; empty: boolean; end: number } {
  NAME.lastIndex = at + 1;
  const name = NAME.exec(text)?.[0];
  if (!name) throw fault(text, at, 'a < that begins no tag');
  const attributes: Record<string, string> = Object.create(null);
  let position = at + 1 + name.length;
  for (;;) {
    ATTRIBUTE.lastIndex = position;
    const found = ATTRIBUTE.exec(text);
    if (!found) break;
    attributes[local(found[1] ?? '')] = decode(found[2] ?? found[3] ?? '');
    position = ATTRIBUTE.lastIndex;
  }
  TAG_END.lastIndex = position;
  const end = TAG_END.exec(text);
  if (!end) throw fault(text, at, `the tag <${name}> is not well formed`);
  return { name, attributes, empty: end[1] === '/', end: TAG_END.lastIndex };
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** decode resolves references. An unknown one stays as it is written: upstream
 * publishes titles that were never escaped, and a title is not worth a feed. */
function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(ENTITY, (whole: string, name: string) => {
    if (!whole.endsWith(';')) return whole;
    if (name[0] !== '#') return NAMED[name] ?? whole;
    const code = name[1] === 'x' || name[1] === 'X' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}

function fault(text: string, at: number, what: string): DocumentFault {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < at; i = text.indexOf('\n', i + 1)) line++;
  return new DocumentFault(`not well-formed XML, line ${line}: ${what}`);
}
