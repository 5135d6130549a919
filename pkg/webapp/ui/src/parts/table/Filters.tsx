// Fields to search and to filter by column.

import { useEffect, useRef, useState } from 'preact/hooks';
import { termOf, type Query } from '../../data/query';
import { text } from '../../text/catalogue';
import { Icon } from '../Icon';
import type { Column } from './column';

const PAUSE = 120; // milliseconds of not typing before the list follows

/** useTyped keeps what is typed while it is typed, and hands it on in pauses.
 * What comes back may be written differently (a blank at the end is gone), so
 * the field is not touched while somebody is in it. */
function useTyped(value: string, onChange: (value: string) => void) {
  const [typed, setTyped] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(value);
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (next: string): void => {
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => latest.current(next), PAUSE);
  };
  return { typed, type, field };
}

export function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const { typed, type, field } = useTyped(value, onChange);
  return (
    <label class="search">
      <Icon name="search" /><span class="sr-only">{label}</span>
      <input ref={field} type="search" value={typed} placeholder={text.list.search} spellcheck={false} autocomplete="off" data-search onInput={(e) => type(e.currentTarget.value)} />
    </label>
  );
}

interface Props<Row> {
  columns: readonly Column<Row>[];
  query: Query;
  labelled?: boolean;
  onChange: (column: string, value: string, exact: boolean) => void;
}

export function Filters<Row>({ columns, query, labelled = false, onChange }: Props<Row>) {
  return (
    <>
      {columns.map((c) => {
        const term = termOf(query, c.id);
        return (
          <div key={c.id} role={labelled ? undefined : 'cell'} class={`cell c-${c.id}`}>
            <ColumnFilter title={c.title} value={term?.value ?? ''} exact={term?.exact ?? false} labelled={labelled} onChange={(v, e) => onChange(c.id, v, e)} />
          </div>
        );
      })}
    </>
  );
}

function ColumnFilter({ title, value, exact, labelled, onChange }: { title: string; value: string; exact: boolean; labelled: boolean; onChange: (value: string, exact: boolean) => void }) {
  const [equals, setEquals] = useState(exact);
  useEffect(() => setEquals(exact), [exact]);
  const { typed, type, field } = useTyped(value, (v) => onChange(v, equals));
  return (
    <div class={`column-filter ${value === '' ? '' : 'on'}`}>
      <label>
        <span class={labelled ? '' : 'sr-only'}>{labelled ? title : text.list.filterOf(title)}</span>
        <input ref={field} type="search" value={typed} placeholder={labelled ? '' : '…'} spellcheck={false} autocomplete="off" onInput={(e) => type(e.currentTarget.value)} />
      </label>
      <button type="button" class="exact" aria-pressed={equals} title={text.list.exact} aria-label={text.list.exactOf(title)}
        onClick={() => { setEquals(!equals); if (typed !== '') onChange(typed, !equals); }}>=</button>
    </div>
  );
}
