// What a list shows of its rows, and how it filters and sorts by it.

import type { ComponentChildren } from 'preact';
import { matcher, type Query } from '../../data/query';

export interface Column<Row> {
  id: string;
  title: string;
  /** What is searched, and shown when there is no cell. */
  text: (row: Row) => string;
  /** What is sorted by, when that is not the text. */
  order?: (row: Row) => number;
  /** now is when the list is drawn: thousands of cells have no clock each. */
  cell?: (row: Row, now: number) => ComponentChildren;
  /** Searched and filtered by, but not a column of the list. */
  hidden?: boolean;
}

/** Sort by a column; an empty one is the list's own order. */
export interface Sort {
  column: string;
  descending: boolean;
}

export function parseSort(value: string | null): Sort {
  const descending = value?.startsWith('-') ?? false;
  return { column: (value ?? '').replace(/^-/, ''), descending };
}

export function printSort(sort: Sort): string {
  return (sort.descending ? '-' : '') + sort.column;
}

/** select gives the rows that match, in order. It never changes its input. */
export function select<Row>(rows: readonly Row[], columns: readonly Column<Row>[], query: Query, sort: Sort, first: (a: Row, b: Row) => number): Row[] {
  const byId = new Map(columns.map((c) => [c.id, c]));
  const all = (row: Row): string => columns.map((c) => c.text(row)).join('\n');
  const found = query.length === 0 ? [...rows] : rows.filter(matcher(query, (row, id) => (id === '' ? all(row) : (byId.get(id)?.text(row) ?? ''))));
  const column = byId.get(sort.column);
  if (!column) return found.sort(first);
  return sorted(found, column, sort.descending);
}

/** sorted computes each row's key once: comparing ten thousand texts makes a
 * hundred thousand comparisons. */
function sorted<Row>(rows: Row[], column: Column<Row>, descending: boolean): Row[] {
  const keyed = rows.map((row, i) => ({ row, i, key: column.order ? column.order(row) : column.text(row).toLowerCase() }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.i - b.i));
  return keyed.map((k) => k.row);
}
