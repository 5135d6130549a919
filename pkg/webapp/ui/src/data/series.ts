// Growing tables of samples: {"date":…,"data":["<header>","<row>",…]}, rows of
// values separated by commas (app-wire 3.5).

import { parseDate } from './date';
import { DocumentFault, requireObject } from './fault';

/** Series holds columns, ready to be drawn: times in seconds, ascending. */
export interface Series {
  times: number[];
  columns: Map<string, (number | null)[]>;
  faults: string[];
}

const MAX_ROWS = 200_000;

/** parseSeries finds columns by the text of the header, in lower case: their
 * number and order differ between eras. */
export function parseSeries(value: unknown): Series {
  const data = requireObject(value)['data'];
  if (!Array.isArray(data)) throw new DocumentFault('the series has no list of rows');
  const series: Series = { times: [], columns: new Map(), faults: [] };
  const header = data[0];
  if (typeof header !== 'string') {
    if (data.length > 0) throw new DocumentFault('the series does not begin with a header');
    return series;
  }
  const names = header.split(',').map((n) => n.trim().toLowerCase());
  const { rows, left } = readRows(data.slice(1).slice(-MAX_ROWS));
  if (left > 0) series.faults.push(`${left} samples could not be read`);
  series.times = rows.map((r) => r.time / 1000);
  names.slice(1).forEach((name, i) => {
    if (name !== '') series.columns.set(name, rows.map((r) => number(r.cells[i + 1])));
  });
  return series;
}

interface Row {
  time: number;
  cells: string[];
}

/** readRows gives rows in ascending order without repeated times, which a chart
 * cannot draw. */
function readRows(data: unknown[]): { rows: Row[]; left: number } {
  const rows: Row[] = [];
  let left = 0;
  let sorted = true;
  for (const raw of data) {
    const cells = typeof raw === 'string' ? raw.split(',') : [];
    const time = parseDate(cells[0]);
    if (time === undefined) left++;
    else {
      if (rows.length > 0 && time <= (rows[rows.length - 1] as Row).time) sorted = false;
      rows.push({ time, cells });
    }
  }
  if (sorted) return { rows, left };
  rows.sort((a, b) => a.time - b.time);
  return { rows: rows.filter((r, i) => i === rows.length - 1 || r.time !== rows[i + 1]?.time), left };
}

function number(cell: string | undefined): number | null {
  const text = cell?.trim() ?? '';
  const n = Number(text);
  return text === '' || !Number.isFinite(n) ? null : n;
}

/** rates are what a counter grew by, per second. A counter that fell was
 * started again: there is no rate for that step. */
export function rates(series: Series, column: string): (number | null)[] {
  const values = series.columns.get(column) ?? [];
  return values.map((v, i) => {
    const before = i > 0 ? values[i - 1] : null;
    const seconds = (series.times[i] ?? 0) - (series.times[i - 1] ?? 0);
    if (v === null || before === null || before === undefined || v < before || seconds <= 0) return null;
    return (v - before) / seconds;
  });
}
