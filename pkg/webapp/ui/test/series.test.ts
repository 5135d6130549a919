import { describe, expect, it } from 'vitest';
import { parseProcesses, parseUsage } from '../src/data/resource';
import { parseSeries, rates } from '../src/data/series';

const t = (minute: number): number => Date.UTC(2026, 2, 19, 12, minute) / 1000;

describe('parseSeries', () => {
  it('finds columns by name', () => {
    const s = parseSeries({ date: 1, data: ['Date, Success, Error, Warning', '2026-03-19T12:00:00+0000, 3, 1, 0', '2026-03-19 12:01:00, 4, , '] });
    expect(s.times).toEqual([t(0), t(1)]);
    expect(Object.fromEntries(s.columns)).toEqual({ success: [3, 4], error: [1, null], warning: [0, null] });
    expect(s.faults).toEqual([]);
  });

  it('sorts, drops repeated times, tells bad rows', () => {
    const s = parseSeries({ data: ['date, v', '2026-03-19 12:02:00,3', '2026-03-19 12:01:00,2', 'never,9', null, '2026-03-19 12:02:00,4', '2026-03-19 12:03:00,x'] });
    expect(s.times).toEqual([t(1), t(2), t(3)]);
    expect(s.columns.get('v')).toEqual([2, 4, null]);
    expect(s.faults).toEqual(['2 samples could not be read']);
  });

  it('is empty when there is nothing yet', () => expect(parseSeries({ data: [] }).times).toEqual([]));
  it.each([[null], [{}], [{ data: 'x' }], [{ data: [1, 2] }]])('refuses %j', (v) => expect(() => parseSeries(v)).toThrow());

  it('makes rates of counters', () => {
    const s = parseSeries({ data: ['date,io', '2026-03-19 12:00:00,100', '2026-03-19 12:01:00,160', '2026-03-19 12:02:00,10', '2026-03-19 12:03:00,', '2026-03-19 12:04:00,70'] });
    expect(rates(s, 'io')).toEqual([null, 1, null, null, null]);
    expect(rates(s, 'absent')).toEqual([]);
  });
});

describe('resources', () => {
  it('reads usage of both eras', () => {
    expect(parseUsage({ cpu_percent: 1.5, cpu_time: '3', cpu_num_threads: 4, memory_rss: 50, memory_percent: 1, disk_used: 9, date: '2026-03-19 12:00:00', total_process: null }))
      .toEqual({ cpuPercent: 1.5, cpuMinutes: 3, threads: 4, memory: 50, memoryPercent: 1, diskMegabytes: 9, date: t(0) * 1000 });
    expect(() => parseUsage([])).toThrow();
  });
  it('reads processes', () => {
    expect(parseProcesses([{ pid: 1, name: 'a', cpu_percent: 2 }, null, { command: ['/bin/<b>', '-x'] }]).map((p) => [p.pid, p.name, p.user, p.cpuPercent]))
      .toEqual([[1, 'a', '-', 2], [undefined, '/bin/<b> -x', '-', undefined]]);
    expect(() => parseProcesses({})).toThrow();
  });
});
