// A line chart over time.

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useMedia } from '../app/hooks';
import { short } from '../app/format';
import { text } from '../text/catalogue';

export interface Line {
  name: string;
  values: readonly (number | null)[];
  /** Name of a colour of the style sheet. */
  colour: string;
  unit?: string;
}

interface Props {
  title: string;
  /** Seconds since 1970, ascending. */
  times: readonly number[];
  lines: readonly Line[];
  /** Seconds to show, up to the last sample; 0 is all. */
  range: number;
  /** Values change in steps, and hold between samples. */
  stepped?: boolean;
  filled?: boolean;
}

const HEIGHT = 190;
/** Distances of labels: seconds, none below a minute; and whole numbers. */
const STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];

export function Chart({ title, times, lines, range, stepped = false, filled = false }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const theme = document.documentElement.dataset['theme'] ?? '';

  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const chart = new uPlot(options(element, lines, stepped, filled), [[...times], ...lines.map((l) => [...l.values])], element);
    plot.current = chart;
    zoom(chart, times, range);
    chart.setLegend({ idx: times.length - 1 });
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [times, lines, dark, theme]);
  useEffect(() => { if (plot.current) zoom(plot.current, times, range); }, [range]);

  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <div ref={host} role="img" aria-label={`${title}: ${lines.map(summary).join('; ')}`} />
    </figure>
  );
}

function zoom(chart: uPlot, times: readonly number[], range: number): void {
  const last = times[times.length - 1] ?? 0;
  const first = times[0] ?? 0;
  const from = range === 0 ? first : Math.max(first, last - range);
  // A single sample still needs an axis.
  chart.setScale('x', { min: from === last ? last - 60 : from, max: last });
}

/** summary says in words what the line shows. */
function summary(line: Line): string {
  let min = Infinity, max = -Infinity, last: number | undefined;
  for (const v of line.values) {
    if (v === null) continue;
    min = Math.min(min, v);
    max = Math.max(max, v);
    last = v;
  }
  const unit = line.unit ? ' ' + line.unit : '';
  return last === undefined ? `${line.name}: ${text.nothing}` : `${line.name}: ${text.resources.summary(short(last) + unit, short(min) + unit, short(max) + unit)}`;
}

function options(element: HTMLElement, lines: readonly Line[], stepped: boolean, filled: boolean): uPlot.Options {
  const colour = (name: string): string => getComputedStyle(element).getPropertyValue(`--${name}`).trim();
  const axis: uPlot.Axis = { stroke: colour('faint'), grid: { stroke: colour('line'), width: 1 }, ticks: { stroke: colour('line'), width: 1 }, font: '11px system-ui, sans-serif' };
  const paths = stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true },
    // Without a pointer the legend tells the latest values.
    hooks: { setCursor: [(u) => { if (u.cursor.idx === null || u.cursor.idx === undefined) u.setLegend({ idx: u.data[0].length - 1 }, false); }] },
    scales: { y: { range: (_u, min, max) => [Math.min(0, min ?? 0), Math.max(1, (max ?? 0) * 1.08)] } },
    axes: [
      { ...axis, space: 60, incrs: STEPS, ...dates() },
      { ...axis, size: 52, ...(stepped ? { incrs: WHOLE } : {}), values: (_u, ticks) => ticks.map((t) => short(t)) },
    ],
    series: [
      { label: text.time, value: (_u, v) => (v === null ? text.nothing : new Date(v * 1000).toLocaleTimeString('en-GB')) },
      ...lines.map((l): uPlot.Series => ({
        label: l.name,
        stroke: colour(l.colour),
        width: 1.5,
        points: { show: l.values.length < 3 },
        value: (_u, v) => (v === null || v === undefined ? text.nothing : short(v) + (l.unit ? ' ' + l.unit : '')),
        ...(filled ? { fill: colour(l.colour) + '22' } : {}),
        ...(paths ? { paths } : {}),
      })),
    ],
  };
}

/** dates: hours within a day, days beyond. */
function dates(): Pick<uPlot.Axis, 'values'> {
  const two = (n: number): string => String(n).padStart(2, '0');
  return {
    values: (_u, ticks, _i, _space, step) => ticks.map((t) => {
      const d = new Date(t * 1000);
      const day = `${d.getMonth() + 1}-${two(d.getDate())}`;
      return step >= 86400 ? day : d.getHours() === 0 && d.getMinutes() === 0 ? day : `${two(d.getHours())}:${two(d.getMinutes())}`;
    }),
  };
}
