// Text from documents. Whatever a monitor sends is shown as text: this module
// makes it safe to lay out, too, by removing what would confuse a reader.

/** Longest message kept; the stack itself cuts at the same length. */
export const MAX_MESSAGE = 5000;
/** Longest title or name kept. */
export const MAX_TITLE = 300;

// C0 but tab and line feed, DEL, C1, and the characters that reorder text, with
// which a title could make its neighbour in the list unreadable.
const UNWANTED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// Terminal colours and cursor movements, whole: their visible half is noise.
const ESCAPE_SEQUENCE = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

function scalar(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

function harmless(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(ESCAPE_SEQUENCE, '')
    .replace(UNWANTED, '')
    .replace(LONE_SURROGATE, '\ufffd');
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '') + '…';
}

/** message is text of several lines; anything but text and numbers is empty. */
export function message(value: unknown, limit = MAX_MESSAGE): string {
  // Cut first: cleaning a hostile hundred megabytes would block the page.
  return cut(harmless(scalar(value).slice(0, limit * 2)).trim(), limit);
}

/** title is one line of text. */
export function title(value: unknown, limit = MAX_TITLE): string {
  return cut(harmless(scalar(value).slice(0, limit * 4)).replace(/\s+/g, ' ').trim(), limit);
}

/** fileText is the content of a log: line ends and tabs kept, nothing cut. */
export function fileText(value: string): string {
  return harmless(value);
}

/** webAddress is value when it is an absolute http(s) address, else ''. A
 * javascript: link in a document must never become a link on a page. */
export function webAddress(value: unknown): string {
  if (typeof value !== 'string' || value.length > 2000) return '';
  try {
    const url = new URL(value.trim());
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return '';
    url.username = url.password = ''; // never keep credentials in an address
    return url.href;
  } catch {
    return '';
  }
}

/** opmlAddress is a web address in the one way of writing it that identifies an
 * OPML: people add slashes. */
export function opmlAddress(value: unknown): string {
  const address = webAddress(value);
  if (address === '') return '';
  const url = new URL(address);
  url.hash = '';
  url.pathname = url.pathname.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  return url.href;
}
