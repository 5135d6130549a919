// Every reader, on documents that were damaged at random: each must give a value
// or a DocumentFault, and never take long.

import { describe, expect, it } from 'vitest';
import { DocumentFault, parseJSON } from '../src/data/fault';
import { parseListing, parseMultistatus } from '../src/data/folder';
import { parseHistory } from '../src/data/history';
import { parseOPML } from '../src/data/opml';
import { parseParameters } from '../src/data/parameter';
import { parseQuery, printQuery, fromLegacy } from '../src/data/query';
import { parseProcesses, parseUsage } from '../src/data/resource';
import { parseFeed } from '../src/data/rss';
import { parseSeries } from '../src/data/series';
import { parseSetupLink } from '../src/data/setuplink';
import { parseState } from '../src/data/state';
import { importSources } from '../src/data/transfer';

const ROUNDS = 1500;

/** random is the same in each run. */
function random(seed: number): () => number {
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

const pieces = ['<', '>', '"', "'", '&', '&lt;', '&#0;', ']]>', '<!--', '<![CDATA[', '</', '/>', '{', '}', '[', ']', ':', ',', 'null', '1e999', '-1', '\u0000', '\ud800', '%', '%zz', '#', '=', '__proto__', 'x'.repeat(300), '\\', '\\u0000', '2026-13-45T99:99:99'];

function damage(text: string, next: () => number): string {
  for (let n = 1 + Math.floor(next() * 4); n > 0; n--) {
    const at = Math.floor(next() * (text.length + 1));
    const kind = next();
    const length = Math.floor(next() * 30);
    if (kind < 0.3) text = text.slice(0, at) + text.slice(at + length);
    else if (kind < 0.8) text = text.slice(0, at) + pieces[Math.floor(next() * pieces.length)] + text.slice(at);
    else if (kind < 0.9) text = text.slice(0, at);
    else text = text.slice(0, at) + text.slice(Math.max(0, at - length), at) + text.slice(at);
  }
  return text;
}

const json = (parse: (value: unknown) => unknown) => (text: string) => parse(parseJSON(text));
const readers: [name: string, sample: string, read: (text: string) => unknown][] = [
  ['OPML', '<opml version="1.1"><head><title>T</title></head><body><outline text="a"><outline title="I" xmlUrl="https://h/public/feed" url="https://h/share/private/"/></outline></body></opml>', parseOPML],
  ['RSS', '<rss><channel><title>I</title><description>T</description><lastBuildDate>Thu, 19 Mar 2026 12:00:00 +0000</lastBuildDate><item><title>[OK] a</title><category>OK</category><source url="https://h/share/public/">a</source><description>\nx</description><pubDate>2026-03-19T11:00:00+0000</pubDate></item></channel></rss>', (t) => parseFeed(t)],
  ['PROPFIND', '<D:multistatus xmlns:D="DAV:"><D:response><D:href>/a/</D:href></D:response><D:response><D:href>/a/b%20c</D:href><D:propstat><D:prop><D:getcontentlength>5</D:getcontentlength></D:prop></D:propstat></D:response></D:multistatus>', parseMultistatus],
  ['listing', '<html><a href="../">up</a><a href="log/">log</a><a href=\'x&amp;y.txt\'>x</a></html>', parseListing],
  ['state', '{"status":"OK","date":"2026-03-19T12:00:00+0000","title":"I","state":{"error":1},"parameters":[{"key":"a","value":"b"}],"_links":{"private_url":{"href":"https://h/"}},"_embedded":{"instance":{"ipv4":["1"]}}}', json(parseState)],
  ['history', '{"date":1,"data":[{"status":"OK","date":"2026-03-19T12:00:00+0000","change-time":1773921600.5,"message":"m","count":2}]}', json(parseHistory)],
  ['series', '{"date":1,"data":["date, a, b","2026-03-19 12:00:00,1,2","2026-03-19 12:01:00,1,"]}', json(parseSeries)],
  ['usage', '{"cpu_percent":1.5,"memory_rss":"3","date":"2026-03-19 12:00:00"}', json(parseUsage)],
  ['processes', '[{"pid":1,"name":"a","command":["a","b"],"cpu_percent":1}]', json(parseProcesses)],
  ['parameters', '[{"key":"a","title":"t","value":"v"}]', json(parseParameters)],
  ['export', '{"opml_description_list":[{"url":"https://h/public/feeds","basic_login":"dTpw","title":"T","active":true,"state":"Started"}]}', importSources],
  ['query', 'status:=ERROR message:"a \\"b\\"" free', (t) => { const q = parseQuery(t, ['status', 'message']); expect(parseQuery(printQuery(q), ['status', 'message'])).toEqual(q); return fromLegacy(t); }],
  ['setup link', '#page=ojsm_landing&url=https://h/public/feeds&username=u&password=p&query=portal_type:"Promise"', parseSetupLink],
];

describe.each(readers)('%s', (_name, sample, read) => {
  it('reads the sample', async () => { await read(sample); });
  it('survives damage', async () => {
    const next = random(42);
    for (let i = 0; i < ROUNDS; i++) {
      const text = damage(sample, next);
      try {
        await read(text);
      } catch (error) {
        if (!(error instanceof DocumentFault)) throw new Error(`on ${JSON.stringify(text)}`, { cause: error });
      }
    }
  });
});
