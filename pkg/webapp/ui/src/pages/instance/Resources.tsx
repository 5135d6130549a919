// What an instance uses: processor, memory, disk, input and output.

import { useMemo, useState } from 'preact/hooks';
import { useDocument } from '../../app/hooks';
import { short } from '../../app/format';
import type { InstanceRow } from '../../app/view';
import { parseUsage, type Usage } from '../../data/resource';
import { parseSeries, rates, type Series } from '../../data/series';
import { monitorOf } from '../../sync/instance';
import { Age, Notice } from '../../parts/Basics';
import { Chart, type Line } from '../../parts/Chart';
import { reasonOf } from '../../parts/Problems';
import { Range } from '../../parts/Range';
import { text } from '../../text/catalogue';

const MINUTE = 60_000;
const words = text.resources;

/** Drawn is one chart of one series. */
interface Drawn {
  title: string;
  lines: (series: Series) => Line[];
}

const column = (series: Series, name: string): readonly (number | null)[] => series.columns.get(name) ?? [];
const scaled = (values: readonly (number | null)[], by: number): (number | null)[] => values.map((v) => (v === null ? null : v * by));

const PROCESS: Drawn[] = [
  { title: `${words.cpu} (${words.percent})`, lines: (s) => [{ name: words.cpuPercent, unit: words.percent, colour: 'series1', values: column(s, 'cpu percent') }] },
  { title: `${words.processes}, ${words.threads}`, lines: (s) => [{ name: words.processes, colour: 'series2', values: column(s, 'total process') }, { name: words.threads, colour: 'series3', values: column(s, 'cpu threads') }] },
];
const MEMORY: Drawn[] = [
  { title: `${words.memory} (${words.mebibytes})`, lines: (s) => [{ name: words.memory, unit: words.mebibytes, colour: 'series2', values: column(s, 'memory used') }] },
];
const IO: Drawn[] = [
  { title: `${words.disk} (${words.mebibytes})`, lines: (s) => [{ name: words.disk, unit: words.mebibytes, colour: 'series4', values: column(s, 'disk used') }] },
  { title: `${words.io} (${words.kibPerSecond})`, lines: (s) => [{ name: words.io, unit: words.kibPerSecond, colour: 'series1', values: scaled(rates(s, 'io rw counter'), 1 / 1024) }] },
  { title: `${words.cycles} (${words.perSecond})`, lines: (s) => [{ name: words.cycles, unit: words.perSecond, colour: 'series3', values: rates(s, 'io cycles counter') }] },
];

export function Resources({ row }: { row: InstanceRow }) {
  const [range, setRange] = useState(8 * 3600);
  return (
    <>
      <Latest row={row} />
      <div class="toolbar"><Range range={range} onRange={setRange} /></div>
      <div class="charts">
        <Group row={row} name="monitor_resource_process.data" drawn={PROCESS} range={range} />
        <Group row={row} name="monitor_resource_memory.data" drawn={MEMORY} range={range} />
        <Group row={row} name="monitor_resource_io.data" drawn={IO} range={range} />
      </div>
    </>
  );
}

function Latest({ row }: { row: InstanceRow }) {
  const monitor = useMemo(() => monitorOf(row.instance, row.source), [row.instance, row.source]);
  const { value } = useDocument(monitor, monitor.sample('monitor_resource.status'), parseUsage, MINUTE);
  return value ? <UsageFigures usage={value} /> : null;
}

/** UsageFigures are the latest numbers, large. */
export function UsageFigures({ usage }: { usage: Usage }) {
  const figures: [string, number | undefined, string][] = [
    [words.cpuPercent, usage.cpuPercent, words.percent], [words.cpuTime, usage.cpuMinutes, words.minutes], [words.processes, usage.processes, ''],
    [words.threads, usage.threads, ''], [words.memory, usage.memory, words.mebibytes], [words.memory, usage.memoryPercent, words.percent], [words.disk, usage.diskMegabytes, words.mebibytes],
  ];
  return (
    <dl class="figures">
      {figures.filter(([, v]) => v !== undefined).map(([name, v, unit]) => <div key={name + unit}><dt>{name}</dt><dd>{short(v)}{unit && <small> {unit}</small>}</dd></div>)}
      {usage.date !== undefined && <div><dt>{words.sampled}</dt><dd><small><Age time={usage.date} ago /></small></dd></div>}
    </dl>
  );
}

function Group({ row, name, drawn, range }: { row: InstanceRow; name: string; drawn: Drawn[]; range: number }) {
  const monitor = useMemo(() => monitorOf(row.instance, row.source), [row.instance, row.source]);
  const { value, problem, loading } = useDocument(monitor, monitor.sample(name), parseSeries, MINUTE);
  const charts = useMemo(() => value && drawn.map((d) => ({ title: d.title, lines: d.lines(value) })), [value, drawn]);
  return (
    <>
      {problem && problem.kind !== 'missing' && <Notice kind="warning">{reasonOf([problem])}{problem.detail && `: ${problem.detail}`}</Notice>}
      {value && charts && value.times.length > 0
        ? charts.map((c) => <Chart key={c.title} title={c.title} times={value.times} lines={c.lines} range={range} filled />)
        : drawn.map((d) => <figure class="chart" key={d.title}><figcaption>{d.title}</figcaption><p class="faint">{loading ? text.loading : text.instance.noSamples}</p></figure>)}
    </>
  );
}
