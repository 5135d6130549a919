import { describe, expect, it } from 'vitest';
import { mergeEntries, parseListing, parseMultistatus } from '../src/data/folder';

describe('parseListing', () => {
  it('reads our listing', () => {
    const html = '<table><tr><td><a href="../">Parent folder</a></td></tr><tr><td><a href="log/">log/</a></td></tr><tr><td><a href="./a:b.txt">a:b.txt</a></td></tr><tr><td><a href="x&amp;y%20%C3%BC.json">z</a></td></tr></table>';
    expect(parseListing(html)).toEqual([{ name: 'log', folder: true }, { name: 'a:b.txt', folder: false }, { name: 'x&y ü.json', folder: false }]);
  });
  it('reads Apache’s, without its columns', () => {
    const html = '<pre><a href="?C=N;O=D">Name</a> <a href="/share/">Parent Directory</a>\n<a href=\'monitor.log\'>monitor.log</a> <a href=".jio_documents/">x</a></pre>';
    expect(parseListing(html)).toEqual([{ name: 'monitor.log', folder: false }, { name: '.jio_documents', folder: true }]);
  });
  it('leaves other places out', () => {
    const html = ['https://evil/', 'javascript:alert(1)', '//evil/', 'a/b', '%2e%2e/', '..', '.', '#x', 'a%2Fb'].map((h) => `<a href="${h}">x</a>`).join('');
    expect(parseListing(html)).toEqual([]);
  });
});

describe('parseMultistatus', () => {
  const xml = `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">
    <D:response><D:href>/share/private/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop></D:propstat></D:response>
    <D:response><D:href>/share/private/documents/</D:href><D:propstat><D:prop><D:resourcetype><D:collection/></D:resourcetype></D:prop></D:propstat></D:response>
    <D:response><D:href>/share/private/a%20b.json</D:href><D:propstat><D:prop><D:resourcetype/><D:getcontentlength>12</D:getcontentlength><D:getlastmodified>Thu, 19 Mar 2026 12:00:00 GMT</D:getlastmodified></D:prop></D:propstat></D:response>
  </D:multistatus>`;
  it('reads names, sizes and dates', () => {
    expect(parseMultistatus(xml)).toEqual([
      { name: 'documents', folder: true },
      { name: 'a b.json', folder: false, size: 12, modified: Date.UTC(2026, 2, 19, 12) },
    ]);
  });
  it('refuses another document', () => expect(() => parseMultistatus('<html/>')).toThrow(/not a WebDAV answer/));
  it('merges both, folders first', () => {
    const listed = [{ name: 'z.txt', folder: false }, { name: 'log', folder: true }, { name: 'a b.json', folder: false }];
    expect(mergeEntries(listed, parseMultistatus(xml)).map((e) => [e.name, e.folder, e.size])).toEqual([
      ['documents', true, undefined], ['log', true, undefined], ['a b.json', false, 12], ['z.txt', false, undefined],
    ]);
  });
});
