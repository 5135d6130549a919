import { describe, expect, it } from 'vitest';
import { parseRoute, printRoute } from '../src/app/router';
import { parseQuery } from '../src/data/query';
import { parseSort, printSort, select, type Column } from '../src/parts/table/column';

interface Row { name: string; size: number }
const columns: Column<Row>[] = [
  { id: 'name', title: 'Name', text: (r) => r.name },
  { id: 'size', title: 'Size', text: (r) => String(r.size), order: (r) => r.size },
];
const rows: Row[] = [{ name: 'b', size: 10 }, { name: 'A', size: 9 }, { name: 'c', size: 10 }];
const chosen = (query: string, sort: string) => select(rows, columns, parseQuery(query, ['name', 'size']), parseSort(sort), () => 0).map((r) => r.name).join('');

describe('select', () => {
  it.each([
    ['', '', 'bAc'], ['', 'name', 'Abc'], ['', '-name', 'cbA'], ['', 'size', 'Abc'], ['', '-size', 'bcA'], ['', 'gone', 'bAc'],
    ['size:10', 'name', 'bc'], ['a', '', 'A'], ['size:=1', '', ''], ['gone:x', '', ''],
  ])('query %j, sort %j', (query, sort, want) => expect(chosen(query, sort)).toBe(want));
  it('leaves its input alone', () => {
    chosen('', 'name');
    expect(rows.map((r) => r.name).join('')).toBe('bAc');
  });
  it('prints a sort as it reads it', () => {
    for (const s of ['', 'name', '-name']) expect(printSort(parseSort(s))).toBe(s);
  });
});

describe('routes', () => {
  it.each([
    ['instance', ['https://[2001:db8::1]:8196', 'files', 'a b', 'c/d?e#f%'], { file: 'x&y=z' }],
    ['promises', [], { query: 'status:=ERROR message:"a b"', sort: '-date' }],
    ['', [], {}],
  ])('%s comes back as it was', (page, args, params: Record<string, string>) => {
    const route = parseRoute(printRoute(page, args, params));
    expect([route.page, route.args, Object.fromEntries(route.params)]).toEqual([page, args, params]);
  });
  it('can be read', () => expect(printRoute('promises', [], { query: 'status:=ERROR', empty: '' })).toBe('#/promises?query=status:=ERROR'));
  it('takes what cannot be decoded as it is', () => expect(parseRoute('#/promise/%/x').args).toEqual(['%', 'x']));
});
