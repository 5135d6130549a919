import { describe, expect, it } from 'vitest';
import { exportSources, importSources } from '../src/data/transfer';

const source = { url: 'https://h/public/feeds', title: 'T', username: 'admin', password: 'p:w=ü€', active: true, state: 'Started' };

describe('import and export', () => {
  it('round-trips', () => {
    const list = [source, { ...source, url: 'https://g/public/feeds', active: false, password: '' }];
    expect(importSources(exportSources(list, true))).toEqual({ sources: list, faults: [] });
  });
  it('can leave the passwords out', () => {
    const text = exportSources([source], false);
    expect(text).not.toContain('YWRtaW4');
    expect(importSources(text).sources).toEqual([{ ...source, username: '', password: '' }]);
  });
  it('writes only what every importer takes', () => {
    const entry = JSON.parse(exportSources([source], true)).opml_description_list[0];
    expect(Object.keys(entry)).toEqual(['basic_login', 'url', 'title', 'active', 'state']);
  });
  it('reads the existing application’s export', () => {
    const text = JSON.stringify({ opml_description_list: [{ basic_login: btoa('admin:pä'), url: source.url, title: 'T', active: false, state: 'Stopped', slapos_master_url: 'https://m' }] });
    expect(importSources(text).sources).toEqual([{ ...source, password: 'pä', active: false, state: 'Stopped' }]);
  });
  it('reads its predecessor’s', () => {
    const text = JSON.stringify({
      opml_description: [{ href: source.url, title: 'T' }],
      monitor_url: [{ hash: 'x', login: btoa('u:p'), url: 'https://h/share/private/', parent_url: source.url }],
    });
    expect(importSources(text).sources).toEqual([{ ...source, username: 'u', password: 'p' }]);
  });
  it('takes what it can and tells the rest', () => {
    const text = JSON.stringify({ opml_description_list: [null, { url: 'javascript:alert(1)' }, { url: source.url, basic_login: '%%%' }, { url: source.url }] });
    const { sources, faults } = importSources(text);
    expect(sources).toMatchObject([{ url: source.url, username: '', password: '', active: true }]);
    expect(faults).toHaveLength(3);
  });
  it.each([['{}'], ['[]'], ['nothing'], ['{"opml_description_list":5}'], ['']])('refuses %j', (text) => expect(() => importSources(text)).toThrow());
});
