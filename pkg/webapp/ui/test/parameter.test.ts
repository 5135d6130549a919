import { describe, expect, it } from 'vitest';
import { parseParameters, valueOf, withEdits } from '../src/data/parameter';

const config = [
  { key: '', title: 'monitor-user', value: 'admin' },
  { key: 'monitor-password', title: 'monitor-password', value: 'old\n' },
  { key: 'greeting', title: 'greeting', value: 'hello', extra: [1] },
];

describe('parameters', () => {
  it('changes only what was edited, and hands the rest back as it was', () => {
    expect(withEdits(config, new Map([['greeting', 'bye']]))).toEqual([config[0], config[1], { key: 'greeting', title: 'greeting', value: 'bye', extra: [1] }]);
  });
  it('never makes an entry up', () => {
    expect(() => withEdits(config, new Map([['gone', 'x']]))).toThrow(/no parameter gone/);
    expect(() => withEdits(config, new Map([['', 'x']]))).toThrow();
    expect(() => withEdits({}, new Map())).toThrow(/not a list/);
  });
  it('reads a value without its line end', () => {
    expect(valueOf(config, 'monitor-password')).toBe('old');
    expect(valueOf(config, 'gone')).toBeUndefined();
    expect(valueOf([{ key: 'n', value: 5 }], 'n')).toBe('5');
  });
  it('compares a value as it is shown', () => {
    for (const value of ['a\r\nb\r\n', '\u202ex', 'a\u0000b', 7, true, null, { a: 1 }]) {
      const list = [{ key: 'n', value }];
      expect(valueOf(list, 'n')).toBe(parseParameters(list).parameters[0]?.value);
    }
  });
  it('drops what is no entry', () => {
    expect(parseParameters([null, 'x', {}, { key: 'a' }, { title: 'b', value: 5 }])).toEqual({
      parameters: [{ key: 'a', title: 'a', value: '' }, { key: '', title: 'b', value: '5' }],
      faults: ['3 parameters could not be read'],
    });
    expect(parseParameters(undefined)).toEqual({ parameters: [], faults: [] });
  });
});
