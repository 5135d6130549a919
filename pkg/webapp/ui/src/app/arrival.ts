// Setup links: what they carry is taken out of the address bar, and of the
// history, before anything is drawn, and handed to the page that sets up.

import { fromLegacy, printQuery } from '../data/query';
import { parseSetupLink, type SetupLink } from '../data/setuplink';
import { links } from './links';
import { navigate, printRoute } from './router';

let arrived: SetupLink | undefined;
let number = 0;

/** takeSetupLink empties the address bar if it holds such a link. */
export function takeSetupLink(): void {
  const link = parseSetupLink(location.hash) ?? (location.search === '' ? undefined : parseSetupLink(location.search));
  if (!link) return;
  if (location.search !== '') history.replaceState(null, '', location.pathname);
  if (link.url === '' && link.username === '') {
    navigate(destination(link), 'replace');
    return;
  }
  arrived = link;
  // The number makes a second link in the same tab another place.
  navigate(printRoute('setup', ['link', String(++number)]), 'replace');
}

/** watchSetupLinks takes those that are pasted into an open tab. */
export function watchSetupLinks(): void {
  window.addEventListener('hashchange', takeSetupLink);
}

/** claimSetupLink gives the link once: going back must not repeat it. */
export function claimSetupLink(): SetupLink | undefined {
  const link = arrived;
  arrived = undefined;
  return link;
}

/** destination is where a link wants to go when it is set up. */
export function destination(link: SetupLink): string {
  if (link.query === '') return links.promises();
  const { page, query } = fromLegacy(link.query);
  const asked = printQuery(query);
  return page === 'instances' ? links.instances(asked) : page === 'subscriptions' ? links.subscriptions(asked) : links.promises(asked);
}
