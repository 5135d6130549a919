import { describe, expect, it } from 'vitest';
import { fromLegacy, matcher, parseQuery, printQuery, termOf, withTerm, withWords, words } from '../src/data/query';

const columns = ['status', 'promise', 'instance', 'subscription', 'message', 'computer'];
const parse = (text: string) => parseQuery(text, columns);

describe('query', () => {
  it.each([
    ['disk full', [['', 'disk', false], ['', 'full', false]]],
    ['status:=ERROR', [['status', 'ERROR', true]]],
    ['message:"disk full" Status:err', [['message', 'disk full', false], ['status', 'err', false]]],
    ['"status:=x"', [['', 'status:=x', false]]],
    ['https://host:8196/x', [['', 'https://host:8196/x', false]]],
    ['message:"say \\"hi\\""', [['message', 'say "hi"', false]]],
    ['status:', [['', 'status:', false]]],
    ['', []],
  ])('%j', (text, want) => {
    const query = parse(text);
    expect(query.map((t) => [t.column, t.value, t.exact])).toEqual(want);
    expect(parse(printQuery(query))).toEqual(query); // what is printed means the same
  });

  it('changes one column and keeps the others', () => {
    let q = withTerm(parse('disk status:=OK'), 'status', 'ERROR', true);
    expect(printQuery(q)).toBe('disk status:=ERROR');
    q = withWords(q, 'full message:x', columns);
    expect(printQuery(q)).toBe('status:=ERROR full message:x');
    expect(words(q)).toBe('full');
    expect(termOf(withTerm(q, 'status', ''), 'status')).toBeUndefined();
  });

  it('matches without regard to case, exactly or in part', () => {
    const row: Record<string, string> = { status: 'ERROR', message: 'Disk full', '': 'ERROR Disk full' };
    const match = (text: string) => matcher<typeof row>(parse(text), (r, c) => r[c] ?? '')(row);
    expect(['status:=error', 'status:err', 'disk', 'DISK full', 'message:full'].map(match)).toEqual([true, true, true, true, true]);
    expect(['status:=err', 'disk empty', 'message:error'].map(match)).toEqual([false, false, false]);
    expect(match('(.*')).toBe(false);
  });
});

describe('fromLegacy', () => {
  it.each([
    ['portal_type:"Instance Tree" AND title:"My tree"', 'subscriptions', 'subscription:="My tree"'],
    ['portal_type:"Software Instance" AND title:"I" AND specialise_title:"R"', 'instances', 'instance:=I subscription:=R'],
    ['portal_type:"Promise" AND status:"ERROR"', 'promises', 'status:=ERROR'],
    ['title:"%disk%"', 'promises', 'promise:disk'],
    ['disk', 'promises', 'disk'],
    ['( category: ERROR ) AND free', 'promises', 'status:=ERROR free'],
    ['', 'promises', ''],
  ])('%j', (text, page, query) => {
    const found = fromLegacy(text);
    expect([found.page, printQuery(found.query)]).toEqual([page, query]);
  });
});
