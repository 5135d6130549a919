// Keys that work everywhere, and the help that lists them.

import { useEffect, useRef } from 'preact/hooks';
import { synchroniser } from '../app/context';
import { links } from '../app/links';
import { navigate } from '../app/router';
import { text } from '../text/catalogue';

const HELP: readonly [keys: string, what: string][] = [
  ['/', text.keys.search], ['↑ ↓', text.keys.up], ['Enter', text.keys.enter], ['g p · g i · g s', text.keys.go], ['r', text.keys.sync], ['Esc', text.keys.close], ['?', text.keys.help],
];
const PLACES: Record<string, () => string> = { p: () => links.promises(), i: () => links.instances(), s: () => links.subscriptions() };

export function Keys({ onEscape }: { onEscape: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const escape = useRef(onEscape);
  escape.current = onEscape;

  useEffect(() => {
    let before = '';
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const field = (event.target as Element).closest('input, textarea, select');
      if (event.key === 'Escape') {
        if (field instanceof HTMLElement) field.blur();
        escape.current();
        return;
      }
      if (field) {
        // From the search straight into the list.
        if (event.key === 'ArrowDown' && field.matches('[data-search]')) focusList(event);
        return;
      }
      const previous = before;
      before = event.key;
      if (previous === 'g' && PLACES[event.key]) navigate((PLACES[event.key] as () => string)());
      else if (event.key === '/') search(event);
      else if (event.key === 'r') void synchroniser.run();
      else if (event.key === '?') dialog.current?.showModal();
      else if (event.key === 'ArrowDown' && !(event.target as Element).closest('[data-row], main *')) focusList(event);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);

  return (
    <dialog ref={dialog} aria-labelledby="keys-title" onClick={(e) => e.target === dialog.current && dialog.current?.close()}>
      <h2 id="keys-title">{text.keys.title}</h2>
      <dl class="keys">{HELP.map(([keys, what]) => <div key={keys}><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <button type="button" onClick={() => dialog.current?.close()}>{text.close}</button>
    </dialog>
  );
}

function search(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  event.preventDefault();
  if (field) field.focus();
  else navigate(links.promises());
}

function focusList(event: KeyboardEvent): void {
  const link = document.querySelector<HTMLElement>('[data-row] a[tabindex="0"], [data-row] a');
  if (!link) return;
  event.preventDefault();
  link.focus();
}
