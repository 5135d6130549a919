// The setup link: opens the application with an OPML and its credentials filled
// in, in both forms that are in use (app-wire 2.1):
//
//   …/#page=settings_configurator&url=…&username=…&password=…
//   …/#page=ojsm_landing&url=…  or  …/#/?page=ojsm_dispatch&query=…
//
// People retype, wrap and translate links: whatever names an address or
// credentials is one, in any order, or its password would stay in sight.

import { opmlAddress, title } from './text';

/** SetupLink is what such a link says. */
export interface SetupLink {
  url: string;
  username: string;
  password: string;
  /** Where to go when it is set up, in the existing application's language. */
  query: string;
}

const PAGES = new Set(['settings_configurator', 'ojsm_landing', 'ojsm_dispatch', 'ojsm_opml_add', 'ojsm_import_export', '']);

/** parseSetupLink reads the fragment, or the query, of an address; undefined if
 * it is none of these links but a place inside this application. */
export function parseSetupLink(fragment: string): SetupLink | undefined {
  const pairs = pairsOf(fragment.replace(/^#/, ''));
  const page = pairs.get('page');
  const own = !['url', 'username', 'password'].some((key) => pairs.has(key));
  if (own && (page === undefined ? pairs.has('/') || !pairs.has('query') : !PAGES.has(page) && !pairs.has('query'))) return undefined;
  return {
    url: opmlAddress(decoded(pairs.get('url'))),
    username: title(decoded(pairs.get('username'))),
    password: decoded(pairs.get('password')),
    // Only the query was ever written by something that turns blanks into +.
    query: decoded(pairs.get('query')?.replace(/\+/g, ' ')),
  };
}

/** pairsOf reads key=value pairs, whose keys are in lower case; a path before
 * them has the key '/'. */
function pairsOf(fragment: string): Map<string, string> {
  // As a whole percent-encoded, by something that took it for one value. A place
  // inside this application, which may name anything, never begins like this.
  const text = (/^[!?&]*(page|url|username|password)%3d/i.test(fragment) ? decoded(fragment) : fragment).replace(/^[!/?&]+/, '');
  const pairs = new Map<string, string>();
  const path = /^([^=?&]+)[?&]/.exec(text);
  if (path?.[1]) pairs.set('/', path[1]);
  for (const pair of text.slice(path?.[0].length ?? 0).split('&')) {
    const equals = pair.indexOf('=');
    // The first = separates: a later one belongs to the value. The first of two
    // equal keys counts, as in a browser's own parser. HTML may have left amp;
    const key = pair.slice(0, Math.max(0, equals)).toLowerCase().replace(/^amp;/, '');
    if (key !== '' && !pairs.has(key)) pairs.set(key, pair.slice(equals + 1));
  }
  return pairs;
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
