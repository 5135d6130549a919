// The programs that an instance runs.

import { useMemo, useState } from 'preact/hooks';
import { useDocument } from '../../app/hooks';
import { short } from '../../app/format';
import type { InstanceRow } from '../../app/view';
import { parseProcesses, parseUsage, type Process } from '../../data/resource';
import { monitorOf } from '../../sync/instance';
import { Card, Notice } from '../../parts/Basics';
import { Icon } from '../../parts/Icon';
import { reasonOf } from '../../parts/Problems';
import { text } from '../../text/catalogue';
import { UsageFigures } from './Resources';

const words = text.processes;

interface ProcessColumn {
  title: string;
  value: (p: Process) => string | number | undefined;
  numeric?: boolean;
}

const COLUMNS: readonly ProcessColumn[] = [
  { title: words.name, value: (p) => p.name },
  { title: words.pid, value: (p) => p.pid, numeric: true },
  { title: words.user, value: (p) => p.user },
  { title: words.cpu, value: (p) => p.cpuPercent, numeric: true },
  { title: words.memory, value: (p) => p.memory, numeric: true },
  { title: words.memoryPercent, value: (p) => p.memoryPercent, numeric: true },
  { title: words.threads, value: (p) => p.threads, numeric: true },
  { title: words.started, value: (p) => p.started },
];

const MOST = 1000;

export function Processes({ row }: { row: InstanceRow }) {
  const monitor = useMemo(() => monitorOf(row.instance, row.source), [row.instance, row.source]);
  const usage = useDocument(monitor, monitor.sample('monitor_resource.status'), parseUsage, 60_000);
  const { value, problem, loading } = useDocument(monitor, monitor.sample('monitor_process_resource.status'), parseProcesses, 60_000);
  const [sort, setSort] = useState({ column: 3, descending: true });
  const [filter, setFilter] = useState('');
  const shown = useMemo(() => arrange(value ?? [], filter, sort), [value, filter, sort]);
  return (
    <>
      {usage.value && <UsageFigures usage={usage.value} />}
      <Card title={text.instance.tabs.processes} action={<label class="search small"><Icon name="search" /><span class="sr-only">{words.filter}</span><input type="search" value={filter} placeholder={words.filter} onInput={(e) => setFilter(e.currentTarget.value)} /></label>}>
        {problem && problem.kind !== 'missing' && <Notice kind="warning">{reasonOf([problem])}</Notice>}
        {shown.length === 0 ? <p class="faint">{loading ? text.loading : words.none}</p> : (
          <div class="table-wrap" tabIndex={0} role="region" aria-label={text.instance.tabs.processes}>
            <table class="plain-table">
              <thead><tr>{COLUMNS.map((c, i) => (
                <th scope="col" key={c.title} class={c.numeric ? 'numeric' : ''} aria-sort={sort.column === i ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
                  <button type="button" onClick={() => setSort({ column: i, descending: sort.column === i ? !sort.descending : c.numeric === true })}>{c.title}{sort.column === i && <Icon name={sort.descending ? 'down' : 'up'} />}</button>
                </th>
              ))}</tr></thead>
              <tbody>{shown.map((p, i) => <tr key={`${p.pid} ${i}`} title={p.command}>{COLUMNS.map((c) => <td key={c.title} class={c.numeric ? 'numeric' : ''}>{cell(c.value(p))}</td>)}</tr>)}</tbody>
            </table>
          </div>
        )}
      </Card>
    </>
  );
}

function cell(value: string | number | undefined): string {
  return typeof value === 'number' ? (Number.isInteger(value) ? String(value) : short(value)) : (value ?? text.nothing);
}

function arrange(list: readonly Process[], filter: string, sort: { column: number; descending: boolean }): Process[] {
  const wanted = filter.trim().toLowerCase();
  const found = list.filter((p) => wanted === '' || `${p.name} ${p.command} ${p.user} ${p.pid}`.toLowerCase().includes(wanted));
  const value = COLUMNS[sort.column]?.value ?? (() => '');
  const sign = sort.descending ? -1 : 1;
  found.sort((a, b) => {
    const [x, y] = [value(a) ?? '', value(b) ?? ''];
    return x === y ? 0 : x < y ? -sign : sign;
  });
  return found.slice(0, MOST);
}
