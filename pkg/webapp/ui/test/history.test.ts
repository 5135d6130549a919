import { describe, expect, it } from 'vitest';
import { parseHistory, timeline } from '../src/data/history';

const at = (minute: number): number => Date.UTC(2026, 2, 19, 12, minute);
const iso = (minute: number): string => new Date(at(minute)).toISOString().replace('.000Z', '+0000');
const bare = (minute: number): string => new Date(at(minute)).toISOString().replace('T', ' ').slice(0, 19);

describe('parseHistory', () => {
  it('reads 2017: one entry per run, local dates, epoch changes', () => {
    const { entries, faults } = parseHistory({
      date: at(0) / 1000,
      data: [
        { status: 'OK', 'start-date': bare(0), 'change-time': at(0) / 1000, message: 'fine', title: 'x', instance: 'I' },
        { status: 'OK', 'start-date': bare(1), 'change-time': at(0) / 1000, message: 'fine' },
        { status: 'ERROR', 'start-date': bare(2), 'change-time': at(2) / 1000, message: 'bad' },
      ],
    });
    expect(faults).toEqual([]);
    expect(entries).toEqual([
      { status: 'OK', message: 'fine', from: at(0), to: at(1), changed: at(0), count: 2 },
      { status: 'ERROR', message: 'bad', from: at(2), to: at(2), changed: at(2), count: 1 },
    ]);
  });

  it('reads 2026: folded entries', () => {
    const { entries } = parseHistory({
      date: 1, data: [
        { status: 'OK', date: iso(0), 'change-date': iso(0), message: 'fine', count: 30, 'last-date': iso(29) },
        { failed: true, date: iso(30), 'change-date': iso(30), message: null },
      ],
    });
    expect(entries).toEqual([
      { status: 'OK', message: 'fine', from: at(0), to: at(29), changed: at(0), count: 30 },
      { status: 'ERROR', message: '', from: at(30), to: at(30), changed: at(30), count: 1 },
    ]);
  });

  it('orders what is out of order, and tells what it cannot read', () => {
    const { entries, faults } = parseHistory({ data: [{ status: 'OK', date: iso(5), message: 'b' }, null, 'x', { status: 'OK' }, { status: 'OK', date: iso(1), message: 'a' }] });
    expect(entries.map((e) => e.message)).toEqual(['a', 'b']);
    expect(faults).toEqual(['3 results could not be read']);
  });

  it.each([[{}], [{ data: 'x' }], [null], [[]]])('refuses %j', (value) => expect(() => parseHistory(value)).toThrow());
});

describe('timeline', () => {
  it('joins entries of one status and lets each last until the next', () => {
    const entry = (status: 'OK' | 'ERROR', from: number, to: number) => ({ status, from, to, message: '', count: 1 });
    expect(timeline([entry('OK', 0, 5), entry('OK', 6, 8), entry('ERROR', 10, 12), entry('OK', 20, 30)])).toEqual([
      { status: 'OK', from: 0, to: 10 }, { status: 'ERROR', from: 10, to: 20 }, { status: 'OK', from: 20, to: 30 },
    ]);
  });
  it('of nothing is nothing', () => expect(timeline([])).toEqual([]));
});
