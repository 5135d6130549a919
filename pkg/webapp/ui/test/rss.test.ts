import { describe, expect, it } from 'vitest';
import { parseFeed } from '../src/data/rss';

const channel = '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Inst</title><link>https://h/share/private/</link><description>Tree</description><lastBuildDate>Thu, 19 Mar 2026 12:00:00 +0000</lastBuildDate><atom:link href="https://h/public/feed" rel="self" type="application/rss+xml"/>';
const tail = '</channel></rss>';

function item(fields: string, name = 'check-x'): string {
  return `<item><title>[ERROR] ${name}</title><link>https://h/share/private/</link><category>ERROR</category><source url="https://h/share/public/">${name}</source>${fields}<pubDate>Thu, 19 Mar 2026 11:00:00 +0000</pubDate><guid isPermaLink="false">x</guid></item>`;
}

describe('parseFeed', () => {
  it('reads channel and item', async () => {
    expect(await parseFeed(channel + item('<description>\nno &amp;lt; space</description><comments>no &lt; space</comments>') + tail)).toEqual({
      title: 'Inst', description: 'Tree', built: Date.UTC(2026, 2, 19, 12), faults: [],
      promises: [{ name: 'check-x', status: 'ERROR', message: 'no < space', since: Date.UTC(2026, 2, 19, 11), folder: 'https://h/share/public/' }],
    });
  });

  it.each([
    ['of 2017', '<description>2017-03-19 10:00:00: ERROR\nno space</description>', 'no space'],
    ['of today', '<description>\nno space\nat all</description>', 'no space\nat all'],
    ['of one line', '<description>no space</description>', 'no space'],
    ['that is empty', '<description></description>', ''],
    ['of markup', '<description>\n&lt;script&gt;alert(1)&lt;/script&gt;</description>', '<script>alert(1)</script>'],
  ])('reads a description %s', async (_, fields, want) => {
    expect((await parseFeed(channel + item(fields) + tail)).promises[0]?.message).toBe(want);
  });

  it('reads ISO dates, and shows an item without any', async () => {
    const iso = item('').replace('Thu, 19 Mar 2026 11:00:00 +0000', '2026-03-19T11:00:00+0000');
    const none = item('', 'b').replace(/<pubDate>.*<\/pubDate>/, '<pubDate>soon</pubDate>');
    const { promises } = await parseFeed(channel + iso + none + tail);
    expect(promises.map((p) => p.since)).toEqual([Date.UTC(2026, 2, 19, 11), undefined]);
  });

  it('keeps two promises of one name apart, in their order', async () => {
    const { promises } = await parseFeed(channel + item('') + item('') + item('', 'z') + tail);
    expect(promises.map((p) => p.name)).toEqual(['check-x', 'check-x #2', 'z']);
  });

  it('takes the name from the title when there is no source', async () => {
    const { promises } = await parseFeed(channel + '<item><title>[OK] a</title><category>OK</category></item><item/>' + tail);
    expect(promises).toEqual([{ name: 'a', status: 'OK', message: '', folder: '' }]);
  });

  it('keeps the promises before a fault and tells it', async () => {
    const feed = await parseFeed(channel + item('') + '<item><title>cut');
    expect(feed.promises).toHaveLength(1);
    expect(feed.faults).toEqual([expect.stringMatching(/ends inside <title>/)]);
  });

  it('tells a missing date and reads on', async () => {
    const feed = await parseFeed(channel.replace(/<lastBuildDate>.*<\/lastBuildDate>/, '') + item('') + tail);
    expect(feed.built).toBeUndefined();
    expect(feed.faults).toEqual(['the feed does not say when it was made']);
    expect(feed.promises).toHaveLength(1);
  });

  it('rewrites the mirror folder of 2017', async () => {
    const feed = await parseFeed(channel + item('').replace('/share/public/', '/share/jio_public/') + tail);
    expect(feed.promises[0]?.folder).toBe('https://h/share/public/');
  });

  it('lets the page breathe in a huge feed, and cuts an absurd one', async () => {
    let breaths = 0;
    const feed = await parseFeed(channel + item('').repeat(50_500) + tail, async () => { breaths++; });
    expect(feed.promises).toHaveLength(50_000);
    expect(feed.faults).toEqual([expect.stringMatching(/only the first/)]);
    expect(breaths).toBeGreaterThan(2);
  });

  it.each([['<opml/>'], [''], ['<rss></rss>'], ['<html>'], ['Unauthorized']])('refuses %j', async (text) => {
    await expect(parseFeed(text)).rejects.toThrow();
  });
});
