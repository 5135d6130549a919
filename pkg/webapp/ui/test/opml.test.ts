import { describe, expect, it } from 'vitest';
import { parseOPML } from '../src/data/opml';

const head = '<?xml version="1.0" encoding="UTF-8"?><opml version="1.1"><head><title>Tree &amp; co</title><dateCreated>Thu, 19 Mar 2026 10:00:00 +0000</dateCreated></head><body><outline text="Monitoring RSS Feed list">';
const tail = '</outline></body></opml>';
const outline = (n: number, url = `https://h${n}/share/private/`): string =>
  `<outline text="I${n}" title="I${n}" type="rss" version="RSS" htmlUrl="" xmlUrl="https://h${n}/public/feed" url="${url}"/>`;

describe('parseOPML', () => {
  it('reads title and outlines', () => {
    expect(parseOPML(head + outline(1) + outline(2, 'https://h2/share/jio_private//') + tail)).toEqual({
      title: 'Tree & co',
      outlines: [
        { title: 'I1', feed: 'https://h1/public/feed', private: 'https://h1/share/private/' },
        { title: 'I2', feed: 'https://h2/public/feed', private: 'https://h2/share/private/' },
      ],
      faults: [],
    });
  });

  it('takes an outline without a private address', () => {
    const xml = head + '<outline title="x" xmlUrl="https://h/public/feed"/>' + tail;
    expect(parseOPML(xml).outlines).toEqual([{ title: 'x', feed: 'https://h/public/feed', private: '' }]);
  });

  it('tells what it leaves out', () => {
    const found = parseOPML(head + '<outline xmlUrl="javascript:alert(1)" title="bad"/>' + outline(1) + outline(1) + tail);
    expect(found.outlines).toHaveLength(1);
    expect(found.faults).toEqual([expect.stringMatching(/not a web address/), expect.stringMatching(/named twice/)]);
  });

  it('keeps the outlines before a fault', () => {
    const found = parseOPML(head + outline(1) + '<outline title=say xmlUrl="https://h2/public/feed"/>' + tail);
    expect(found.outlines).toHaveLength(1);
    expect(found.faults[0]).toMatch(/not well-formed XML/);
  });

  it('reads titles that were not escaped', () => {
    expect(parseOPML(head + '<outline title="say "hi" & <go>" xmlUrl="https://h2/public/feed" />' + tail)).toMatchObject({ outlines: [{ title: 'say "hi" & <go>' }], faults: [] });
  });

  it('says when there is no instance', () => {
    expect(parseOPML(head + tail).faults).toEqual(['the OPML names no instance']);
  });

  it.each([['<rss/>'], [''], ['{"a":1}'], ['<html><body>Login</body></html>'], ['<opml><head>']])('refuses %j', (text) =>
    expect(() => parseOPML(text)).toThrow());
});
