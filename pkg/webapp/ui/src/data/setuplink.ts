// The setup link: opens the application with an OPML and its credentials filled
// in, in both forms that are in use (app-wire 2.1):
//
//   …/#page=settings_configurator&url=…&username=…&password=…
//   …/#page=ojsm_landing&url=…  or  …/#/?page=ojsm_dispatch&query=…

import { title, webAddress } from './text';

/** SetupLink is what such a link says. */
export interface SetupLink {
  url: string;
  username: string;
  password: string;
  /** Where to go when it is set up, in the existing application's language. */
  query: string;
}

const PAGES = new Set(['settings_configurator', 'ojsm_landing', 'ojsm_dispatch', 'ojsm_opml_add', 'ojsm_import_export', '']);

/** parseSetupLink reads the fragment of an address; undefined if it is none of
 * these links but a place inside this application. */
export function parseSetupLink(fragment: string): SetupLink | undefined {
  const text = fragment.replace(/^#/, '').replace(/^\/?\??/, '');
  if (!/^(page|url|username|query)=/.test(text)) return undefined;
  const pairs = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    // The first = separates: a later one belongs to the value. The first of two
    // equal keys counts, as in a browser's own parser.
    if (equals > 0 && !pairs.has(pair.slice(0, equals))) pairs.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  if (!PAGES.has(pairs.get('page') ?? '') && !pairs.has('url') && !pairs.has('query')) return undefined;
  return {
    url: webAddress(decoded(pairs.get('url'))),
    username: title(decoded(pairs.get('username'))),
    password: decoded(pairs.get('password')),
    // Only the query was ever written by something that turns blanks into +.
    query: decoded(pairs.get('query')?.replace(/\+/g, ' ')),
  };
}

/** decoded takes plain and percent-encoded values: the stack publishes the
 * first, the SlapOS panel the second. */
function decoded(value = ''): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
