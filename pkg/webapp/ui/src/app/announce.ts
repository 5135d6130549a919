// Says the state of everything where it is seen without looking at the page: in
// the title and the icon of its tab.

import { text } from '../text/catalogue';
import type { View } from './view';

export function announce(view: View): void {
  const { ERROR: errors } = view.counts;
  document.title = (errors > 0 ? `(${errors}) ` : '') + text.app;
  const icon = document.querySelector<HTMLLinkElement>('#icon');
  const name = view.status === 'ERROR' ? 'icon-error.svg' : view.status === 'WARNING' ? 'icon-warning.svg' : 'icon.svg';
  if (icon && icon.getAttribute('href') !== name) icon.href = name;
}
