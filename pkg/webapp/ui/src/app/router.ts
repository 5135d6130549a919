// Places inside the application, kept in the fragment of the address:
// #/page/argument/…?key=value. A fragment never reaches a server, and works on
// any static host.

import { useEffect, useState } from 'preact/hooks';

export interface Route {
  page: string;
  args: string[];
  params: URLSearchParams;
}

export function parseRoute(fragment: string): Route {
  const [path = '', query = ''] = cut(fragment.replace(/^#/, ''), '?');
  const [page = '', ...args] = path.replace(/^\//, '').split('/').map(decode);
  return { page, args: args.filter((a) => a !== ''), params: new URLSearchParams(query) };
}

/** printRoute leaves characters plain that need no escape, so that links can be
 * read: #/promises?query=status:=ERROR */
export function printRoute(page: string, args: readonly string[] = [], params: Record<string, string | undefined> = {}): string {
  const pairs = Object.entries(params)
    .filter(([, v]) => v !== undefined && v !== '')
    .map(([k, v]) => `${k}=${encodeURIComponent(v as string).replace(/%(3A|3D|2C|2F)/g, decodeURIComponent)}`);
  return '#/' + [page, ...args.map(encodeURIComponent)].join('/') + (pairs.length > 0 ? '?' + pairs.join('&') : '');
}

function cut(text: string, at: string): [string, string] {
  const i = text.indexOf(at);
  return i < 0 ? [text, ''] : [text.slice(0, i), text.slice(i + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const CHANGED = 'routechange';

export function navigate(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === location.hash) return;
  // Relative to the page: the path of the address stays.
  if (how === 'replace') history.replaceState(null, '', to);
  else history.pushState(null, '', to);
  window.dispatchEvent(new Event(CHANGED));
}

/** useRoute gives the current place and follows it. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    for (const e of ['hashchange', 'popstate', CHANGED]) window.addEventListener(e, follow);
    follow(); // it may have changed before anybody listened
    return () => {
      for (const e of ['hashchange', 'popstate', CHANGED]) window.removeEventListener(e, follow);
    };
  }, []);
  return parseRoute(hash);
}
