// OPML: which instances a hosting subscription consists of (app-wire 3.1).

import { DocumentFault } from './fault';
import { title, webAddress } from './text';
import { readXML } from './xml';

/** Outline is one instance as the OPML names it. */
export interface Outline {
  title: string;
  /** Address of the public feed. */
  feed: string;
  /** Address of the private documents, with a slash at its end; '' if not given. */
  private: string;
}

export interface Subscription {
  title: string;
  outlines: Outline[];
  /** What was wrong with the document, for the list of problems. */
  faults: string[];
}

const MAX_OUTLINES = 5000;

/** parseOPML keeps the outlines before a fault; a document without any, or
 * that is not OPML, is a DocumentFault. */
export function parseOPML(text: string): Subscription {
  const found: Subscription = { title: '', outlines: [], faults: [] };
  const path: string[] = [];
  let seen = false;
  try {
    for (const event of readXML(text)) {
      if (event.kind === 'open') {
        if (path.length === 0 && event.name !== 'opml') throw new DocumentFault(`not OPML but <${title(event.name, 40)}>`);
        seen = true;
        path.push(event.name);
        if (event.name === 'outline') addOutline(found, event.attributes);
      } else if (event.kind === 'close') path.pop();
      else if (path.join('/') === 'opml/head/title') found.title += event.text;
    }
  } catch (error) {
    if (!(error instanceof DocumentFault) || !seen || found.outlines.length === 0) throw error;
    found.faults.push(error.message);
  }
  found.title = title(found.title);
  if (found.outlines.length === 0) found.faults.push('the OPML names no instance');
  return found;
}

function addOutline(found: Subscription, attributes: Record<string, string>): void {
  const address = attributes['xmlUrl'];
  if (address === undefined) return; // the outline around the list
  const feed = webAddress(address);
  if (feed === '') {
    found.faults.push(`an outline is left out: ${JSON.stringify(title(address, 80))} is not a web address`);
  } else if (found.outlines.some((o) => o.feed === feed)) {
    found.faults.push(`an outline is left out: ${feed} is named twice`);
  } else if (found.outlines.length >= MAX_OUTLINES) {
    found.faults.push(`only the first ${MAX_OUTLINES} instances are read`);
  } else {
    found.outlines.push({
      title: title(attributes['title'] ?? attributes['text']),
      feed,
      private: privateAddress(attributes['url']),
    });
  }
}

/** privateAddress ends in one slash. 2017 monitors name a mirror of the folder,
 * jio_private, that was made for another client (app-wire 1.1). */
function privateAddress(value: string | undefined): string {
  const address = webAddress(value);
  return address === '' ? '' : address.replace(/\/+$/, '').replace(/\/jio_private$/, '/private') + '/';
}
