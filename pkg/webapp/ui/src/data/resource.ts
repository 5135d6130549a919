// The latest sample of what an instance uses, and its processes (app-wire 3.5).

import { asObject, DocumentFault, requireObject } from './fault';
import { parseDate } from './date';
import { title } from './text';

/** Usage of a whole instance; what is not known is undefined. */
export interface Usage {
  cpuPercent?: number;
  cpuMinutes?: number;
  threads?: number;
  processes?: number;
  /** Megabytes. */
  memory?: number;
  memoryPercent?: number;
  diskMegabytes?: number;
  date?: number;
}

/** Process is one running program. */
export interface Process {
  pid: number | undefined;
  name: string;
  user: string;
  command: string;
  started: string;
  cpuPercent: number | undefined;
  threads: number | undefined;
  memory: number | undefined;
  memoryPercent: number | undefined;
}

export function parseUsage(value: unknown): Usage {
  const o = requireObject(value);
  const usage: Usage = {};
  const set = (key: Exclude<keyof Usage, 'date'>, ...names: string[]): void => {
    const n = names.map((name) => number(o[name])).find((v) => v !== undefined);
    if (n !== undefined) usage[key] = n;
  };
  set('cpuPercent', 'cpu_percent');
  set('cpuMinutes', 'cpu_time');
  set('threads', 'cpu_num_threads');
  set('processes', 'total_process');
  set('memory', 'memory_rss');
  set('memoryPercent', 'memory_percent');
  set('diskMegabytes', 'disk_used');
  const date = parseDate(o['date']);
  if (date !== undefined) usage.date = date;
  return usage;
}

export function parseProcesses(value: unknown): Process[] {
  if (!Array.isArray(value)) throw new DocumentFault('the list of processes is not a list');
  const list: Process[] = [];
  for (const raw of value.slice(0, 5000)) {
    const o = asObject(raw);
    if (!o) continue;
    list.push({
      pid: number(o['pid']),
      name: title(o['name']) || commandLine(o['command'], 60) || '-',
      user: title(o['user']) || '-',
      command: commandLine(o['command'], 1000),
      started: title(o['date']) || '-',
      cpuPercent: number(o['cpu_percent']),
      threads: number(o['cpu_num_threads']),
      memory: number(o['memory_rss']),
      memoryPercent: number(o['memory_percent']),
    });
  }
  return list;
}

/** commandLine is one text, or a list of arguments. */
function commandLine(value: unknown, limit: number): string {
  return title(Array.isArray(value) ? value.slice(0, 100).map((v) => title(v)).join(' ') : value, limit);
}

function number(value: unknown): number | undefined {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof n === 'number' && Number.isFinite(n) ? n : undefined;
}
