// A list with search, filters of any column, and sorting. Its state is in the
// address, so that every view of it is a link.

import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useMedia, useNow } from '../../app/hooks';
import { navigate, printRoute, type Route } from '../../app/router';
import { parseQuery, printQuery, withTerm, withWords, words, type Query } from '../../data/query';
import { number } from '../../app/format';
import { text } from '../../text/catalogue';
import { Empty } from '../Basics';
import { Icon } from '../Icon';
import { parseSort, printSort, select, type Column, type Sort } from './column';
import { Filters, SearchField } from './Filters';
import { HeaderRow, SortChoice } from './HeaderRow';
import { VirtualRows } from './VirtualRows';

interface Props<Row> {
  /** Name for styling, and of the page in the address. */
  kind: string;
  title: string;
  /** What the rows are called, in the plural. */
  what: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  route: Route;
  order: (a: Row, b: Row) => number;
  link: (row: Row) => string;
  /** The column whose text is the link to the row. */
  main: string;
  empty: ComponentChildren;
  /** Filters of one click, above the list. */
  chips?: (query: Query, ask: (query: Query) => void) => ComponentChildren;
}

export const ROW = 36;
export const ROW_NARROW = 62;

export function DataTable<Row>({ kind, title, what, rows, columns, route, order, link, main, empty, chips }: Props<Row>) {
  const narrow = useMedia('(max-width: 760px)');
  const [open, setOpen] = useState(false);
  const now = useNow();
  const ids = useMemo(() => columns.map((c) => c.id), [columns]);
  const asked = route.params.get('query') ?? '';
  const sorting = route.params.get('sort');
  // instance=, computer=, status= and so on are the scope of a deep link: exact.
  const scope = ids.filter((c) => route.params.get(c));
  const scoped = scope.map((c) => ({ column: c, value: route.params.get(c) ?? '', exact: true }));
  const query = useMemo(() => parseQuery(asked, ids), [asked, ids]);
  const sort = useMemo(() => parseSort(sorting), [sorting]);
  const subject = JSON.stringify([scoped, asked, sorting]);
  const found = useMemo(() => select(rows, columns, [...scoped, ...query], sort, order), [rows, columns, subject]);

  const go = (next: { query?: Query; sort?: Sort; without?: string }, how: 'push' | 'replace' = 'replace'): void => {
    const params: Record<string, string | undefined> = Object.fromEntries(route.params);
    if (next.query) params['query'] = printQuery(next.query);
    if (next.sort) params['sort'] = printSort(next.sort);
    if (next.without) delete params[next.without];
    navigate(printRoute(kind, [], params), how);
  };
  const visible = columns.filter((c) => !c.hidden);
  const filtered = query.length > 0 || scope.length > 0;

  return (
    <div class={`list ${kind}`}>
      <div class="toolbar">
        <h1>{title}</h1>
        <SearchField label={`${text.list.search}: ${title}`} value={words(query)} onChange={(v) => go({ query: withWords(query, v, ids) })} />
        {chips?.(query, (q) => go({ query: q }, 'push'))}
        {scope.map((c) => <ScopeChip key={c} what={columns.find((x) => x.id === c)?.title ?? c} value={route.params.get(c) ?? ''} onRemove={() => go({ without: c }, 'push')} />)}
        {narrow && <button type="button" class="quiet" aria-expanded={open} onClick={() => setOpen(!open)}><Icon name="filter" />{text.list.filters}</button>}
        <span class="shown" role="status">{text.list.shown(found.length, rows.length, what)}</span>
      </div>
      {narrow && open && (
        <div class="filter-panel">
          <SortChoice columns={visible} sort={sort} onSort={(s) => go({ sort: s })} />
          <Filters columns={columns} query={query} labelled onChange={(c, v, e) => go({ query: withTerm(query, c, v, e) })} />
        </div>
      )}
      <VirtualRows
        rows={found} height={narrow ? ROW_NARROW : ROW} label={title} columns={visible.length} subject={subject}
        header={<>
          <HeaderRow columns={visible} sort={sort} onSort={(s) => go({ sort: s })} />
          {!narrow && <div class="row filters" role="row"><Filters columns={visible} query={query} onChange={(c, v, e) => go({ query: withTerm(query, c, v, e) })} /></div>}
        </>}
        draw={(row, _i, active) => visible.map((c) => (
          <div role="cell" key={c.id} class={`cell c-${c.id}`}>
            {c.id === main ? <a href={link(row)} tabIndex={active ? 0 : -1}>{content(c, row, now)}</a> : content(c, row, now)}
          </div>
        ))}
        empty={filtered && rows.length > 0
          ? <Empty title={text.list.noMatch}><button type="button" onClick={() => navigate(printRoute(kind), 'push')}>{text.list.clear}</button></Empty>
          : empty}
      />
    </div>
  );
}

function content<Row>(column: Column<Row>, row: Row, now: number): ComponentChildren {
  return column.cell ? column.cell(row, now) : column.text(row);
}

function ScopeChip({ what, value, onRemove }: { what: string; value: string; onRemove: () => void }) {
  return (
    <button type="button" class="chip scope" onClick={onRemove} aria-label={text.list.removeScope(what, value)}>
      <span>{what}: <b>{value}</b></span><Icon name="close" />
    </button>
  );
}

/** Chip is one of several filters of one click. */
export function Chip({ on, children, count, onClick }: { on: boolean; children: ComponentChildren; count?: number; onClick: () => void }) {
  return <button type="button" class="chip" aria-pressed={on} onClick={onClick}>{children}{count !== undefined && <span class="n">{number(count)}</span>}</button>;
}
