// Titles of the columns, which sort the list.

import { text } from '../../text/catalogue';
import { Icon } from '../Icon';
import type { Column, Sort } from './column';

interface Props<Row> {
  columns: readonly Column<Row>[];
  sort: Sort;
  onSort: (sort: Sort) => void;
}

export function HeaderRow<Row>({ columns, sort, onSort }: Props<Row>) {
  return (
    <div class="row titles" role="row" aria-rowindex={1}>
      {columns.map((c) => {
        const on = sort.column === c.id;
        return (
          <div role="columnheader" key={c.id} class={`cell c-${c.id}`} aria-sort={on ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
            <button type="button" onClick={() => onSort(next(sort, c.id))}>
              <span>{c.title}</span>{on && <Icon name={sort.descending ? 'down' : 'up'} />}
            </button>
          </div>
        );
      })}
    </div>
  );
}

/** next: up, down, and back to the list's own order. */
function next(sort: Sort, column: string): Sort {
  if (sort.column !== column) return { column, descending: false };
  return sort.descending ? { column: '', descending: false } : { column, descending: true };
}

/** SortChoice is the same where there is no room for titles. */
export function SortChoice<Row>({ columns, sort, onSort }: Props<Row>) {
  return (
    <label class="field"><span>{text.list.sort}</span>
      <select value={sort.column === '' ? '' : (sort.descending ? '-' : '') + sort.column}
        onChange={(e) => { const v = e.currentTarget.value; onSort({ column: v.replace('-', ''), descending: v.startsWith('-') }); }}>
        <option value="">{text.nothing}</option>
        {columns.flatMap((c) => [
          <option key={c.id} value={c.id}>{c.title}, {text.list.ascending}</option>,
          <option key={'-' + c.id} value={'-' + c.id}>{c.title}, {text.list.descending}</option>,
        ])}
      </select>
    </label>
  );
}
