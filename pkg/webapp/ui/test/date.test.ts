import { describe, expect, it } from 'vitest';
import { parseDate } from '../src/data/date';

const noon = Date.UTC(2026, 2, 19, 12, 0, 0);

describe('parseDate', () => {
  it.each([
    ['2026-03-19T12:00:00+0000'],
    ['2026-03-19T12:00:00+00:00'],
    ['2026-03-19T12:00:00Z'],
    ['2026-03-19T14:00:00+0200'],
    ['2026-03-19T06:30:00-05:30'],
    ['2026-03-19T12:00:00'], // no zone: UTC
    ['2026-03-19 12:00:00'],
    ['2026-03-19 12:00'],
    ['2026-03-19 12:00:00.123456'],
    ['2026-03-19 12:00:00 UTC'],
    ['Thu, 19 Mar 2026 12:00:00 +0000'],
    ['Thu, 19 Mar 2026 12:00:00 GMT'],
    ['Thu, 19 Mar 2026 07:00:00 EST'],
    ['19 Mar 2026 12:00:00'],
    ['Thu, 19 Mar 26 12:00 +0000'],
    ['Thursday, 19-Mar-26 12:00:00 GMT'],
    ['  2026-03-19T12:00:00+0000\n'],
    [noon / 1000],
    [String(noon / 1000)],
    [`${noon / 1000}.00`],
  ])('reads %j', (text) => expect(parseDate(text)).toBe(noon));

  it('reads a day without a time', () => expect(parseDate('2026-03-19')).toBe(Date.UTC(2026, 2, 19)));

  it.each([
    [''], ['never'], ['2026-13-19T12:00:00'], ['2026-02-31T12:00:00'], ['2026-03-19T25:00:00'], ['2026-03-19T12:61:00'],
    ['2026-03-19T12:00:00 XYZ'], ['Thu, 19 Foo 2026 12:00:00 GMT'], ['1'], ['-1'], [0], [-5], [1e20], [NaN],
    [null], [undefined], [{}], [[]], [true], ['2026-03-19'.repeat(10)],
  ])('refuses %j', (value) => expect(parseDate(value)).toBeUndefined());
});
