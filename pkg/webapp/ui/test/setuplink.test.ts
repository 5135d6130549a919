import { describe, expect, it } from 'vitest';
import { parseSetupLink } from '../src/data/setuplink';

const want = { url: 'https://[2001:db8::1]:8196/public/feeds', username: 'admin', password: 'aB3.x', query: '' };

describe('parseSetupLink', () => {
  it.each([
    ['the form of 2016', '#page=settings_configurator&url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x'],
    ['the form of 2024', '#page=ojsm_landing&url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x'],
    ['with a slash', '#/?page=ojsm_landing&url=https%3A%2F%2F%5B2001%3Adb8%3A%3A1%5D%3A8196%2Fpublic%2Ffeeds&username=admin&password=aB3.x'],
    ['of another page', '#page=something_new&url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x'],
    ['without a page', '#url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x'],
    ['in another order', '#password=aB3.x&page=ojsm_landing&username=admin&url=https://[2001:db8::1]:8196/public/feeds'],
    ['behind another parameter', '#lang=en&page=ojsm_landing&url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x'],
    ['without a page, appended', '#&url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x'],
    ['whose page is a path', '#/ojsm_landing?url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x'],
    ['copied from HTML', '#page=ojsm_landing&amp;url=https://[2001:db8::1]:8196/public/feeds&amp;username=admin&amp;password=aB3.x'],
    ['encoded as a whole', '#page%3Dojsm_landing%26url%3Dhttps%3A%2F%2F%5B2001%3Adb8%3A%3A1%5D%3A8196%2Fpublic%2Ffeeds%26username%3Dadmin%26password%3DaB3.x'],
    ['in the query', '?page=ojsm_landing&url=https%3A%2F%2F%5B2001%3Adb8%3A%3A1%5D%3A8196%2Fpublic%2Ffeeds&username=admin&password=aB3.x'],
    ['with slashes too many', '#page=ojsm_landing&url=https://[2001:db8::1]:8196//public/feeds/&username=admin&password=aB3.x'],
    ['that repeats a key', '#page=x&url=https://[2001:db8::1]:8196/public/feeds&username=admin&password=aB3.x&password=evil'],
  ])('reads %s', (_, fragment) => expect(parseSetupLink(fragment)).toEqual(want));

  it('keeps = and + in a password, and a % that encodes nothing', () => {
    expect(parseSetupLink('#page=ojsm_landing&url=https://h/public/feeds&username=u&password=a=b+c%')?.password).toBe('a=b+c%');
  });
  it('reads a query with blanks', () => {
    expect(parseSetupLink('#/?page=ojsm_dispatch&query=portal_type%3A%22Instance+Tree%22+AND+title%3A%22a%2Bb%22')).toEqual({
      url: '', username: '', password: '', query: 'portal_type:"Instance Tree" AND title:"a+b"',
    });
  });
  it.each([['#/promises?query=status:=ERROR'], ['#/instance/https%3A%2F%2Fh'], [''], ['#'], ['#/'], ['#page=promises_list'],
    // A promise may be called anything.
    ['#/promise/https%3A%2F%2Fh/x%26url%3Dhttps%3A%2F%2Fevil%26username%3Da%26password%3Db'], ['#/promises?query=url%3Dhttps%3A%2F%2Fevil%26username%3Da']])('leaves %j alone', (fragment) =>
    expect(parseSetupLink(fragment)).toBeUndefined());
  it('does not take an address that is none', () => {
    expect(parseSetupLink('#page=ojsm_landing&url=javascript:alert(1)&username=a&password=b')?.url).toBe('');
  });
});
