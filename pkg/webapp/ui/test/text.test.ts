import { describe, expect, it } from 'vitest';
import { message, title, webAddress } from '../src/data/text';

describe('title and message', () => {
  it.each([
    ['  a\n b\t', 'a b'],
    ['a\u0000b\u0007c', 'abc'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['abc\u202egpj.exe', 'abcgpj.exe'],
    ['\ud800x', '\ufffdx'],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    [42, '42'], [null, ''], [undefined, ''], [{}, ''], [['x'], ''],
  ])('title %j', (value, want) => expect(title(value)).toBe(want));

  it('cuts, and not through a character', () => {
    expect(title('x'.repeat(1000))).toHaveLength(300);
    expect(message('x'.repeat(100_000))).toHaveLength(5000);
    expect(title('ab😀', 4)).toBe('ab😀');
    expect(title('abc😀d', 5)).toBe('abc…');
  });

  it('keeps lines and tabs of messages', () => expect(message('\r\na\tb\r\nc\n')).toBe('a\tb\nc'));
});

describe('webAddress', () => {
  it.each([
    ['https://[2001:db8::1]:8196/public/feed', 'https://[2001:db8::1]:8196/public/feed'],
    ['https://user:pass@host/x', 'https://host/x'],
    ['javascript:alert(1)', ''], ['data:text/html,x', ''], ['//host/x', ''], ['', ''], ['https://', ''],
    [null, ''], [5, ''], ['https://host/' + 'x'.repeat(3000), ''],
  ])('%j', (value, want) => expect(webAddress(value)).toBe(want));
});
