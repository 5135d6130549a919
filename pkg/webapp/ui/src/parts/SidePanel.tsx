// The side panel: a search, and the pages in the order of the seed.

import { links } from '../app/links';
import { navigate } from '../app/router';
import type { View } from '../app/view';
import { number } from '../app/format';
import { text } from '../text/catalogue';
import { Icon, type IconName } from './Icon';

interface Entry {
  /** Pages at which the entry is the current one; the first is its own. */
  pages: readonly string[];
  icon: IconName;
  name: string;
  href: string;
  count?: (view: View) => number;
}

const ENTRIES: readonly Entry[] = [
  { pages: ['promises', 'promise', ''], icon: 'promise', name: text.nav.promises, href: links.promises(), count: (v) => v.promises.length },
  { pages: ['instances', 'instance'], icon: 'instance', name: text.nav.instances, href: links.instances(), count: (v) => v.instances.length },
  { pages: ['subscriptions', 'subscription'], icon: 'subscription', name: text.nav.subscriptions, href: links.subscriptions(), count: (v) => v.subscriptions.length },
  { pages: ['configurations', 'configuration', 'setup'], icon: 'configuration', name: text.nav.configurations, href: links.configurations() },
  { pages: ['sync'], icon: 'sync', name: text.nav.sync, href: links.sync(), count: (v) => v.problems.length },
  { pages: ['transfer'], icon: 'transfer', name: text.nav.transfer, href: links.transfer() },
];

export function SidePanel({ page, view, open, onClose }: { page: string; view: View; open: boolean; onClose: () => void }) {
  return (
    <>
      {open && <div class="backdrop" onClick={onClose} />}
      <nav id="panel" class={open ? 'panel open' : 'panel'} aria-label={text.nav.label}>
        <form role="search" onSubmit={(e) => {
          e.preventDefault();
          const field = e.currentTarget.elements.namedItem('words') as HTMLInputElement;
          navigate(links.promises(field.value.trim()));
          onClose();
        }}>
          <label class="search"><Icon name="search" /><span class="sr-only">{text.nav.search}</span>
            <input type="search" name="words" placeholder={text.nav.search} spellcheck={false} autocomplete="off" />
          </label>
        </form>
        <ul>
          {ENTRIES.map((entry) => {
            const n = entry.count?.(view) ?? 0;
            return (
              <li key={entry.href}>
                <a href={entry.href} aria-current={entry.pages.includes(page) ? 'page' : undefined} onClick={onClose}>
                  <Icon name={entry.icon} /><span>{entry.name}</span>
                </a>
                {n > 0 && <span class={entry.icon === 'sync' ? 'n alert' : 'n'} aria-label={entry.icon === 'sync' ? text.header.problems(n) : undefined} role={entry.icon === 'sync' ? 'img' : undefined}>{number(n)}</span>}
              </li>
            );
          })}
        </ul>
      </nav>
    </>
  );
}
