import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baseOf, join } from '../src/net/address';
import { Monitor } from '../src/net/monitor';
import { request } from '../src/net/request';
import { Tail } from '../src/net/tail';
import { FakeMonitor } from './monitor';

let server: FakeMonitor;
beforeEach(async () => { server = await new FakeMonitor().start(); });
afterEach(() => server.stop());

function monitor(password = 'secret'): Monitor {
  return new Monitor({ title: 'I', feed: server.base + '/public/feed', private: server.base + '/share/private/' }, { username: 'admin', password });
}

describe('addresses', () => {
  it.each([
    ['https://h:1/public/feed', 'https://h:1'], ['https://h/share/public/feed', 'https://h'], ['https://h/a/public/feed', 'https://h/a'],
    ['https://h//public//feed', 'https://h'], ['https://h/public/feed?x#y', 'https://h'], ['https://h/', 'https://h'],
    ['https://h/my-feed/public/feed', 'https://h/my-feed'], ['https://h/x/other-feed', 'https://h/x'],
  ])('base of %s', (feed, base) => expect(baseOf(feed)).toBe(base));
  it('joins with one slash and encodes', () => {
    expect(join('https://h/share/private//', 'a b', 'c#d?.json')).toBe('https://h/share/private/a%20b/c%23d%3F.json');
    expect(join('https://h', 'public', '')).toBe('https://h/public');
  });
});

describe('request', () => {
  it.each([[401, 'password'], [403, 'forbidden'], [404, 'missing'], [500, 'server'], [422, 'server']])('status %d is %s', async (status, kind) => {
    server.answers.set('/x', { status, body: 'because' });
    await expect(request(server.base + '/x')).rejects.toMatchObject({ kind, status });
  });
  it('tells a server that does not answer from one that is not there', async () => {
    server.answers.set('/x', { status: 200 });
    const gone = server.base;
    await server.stop();
    await expect(request(gone + '/x')).rejects.toMatchObject({ kind: 'certificate' }); // nothing there, or not trusted
    const { createServer } = await import('node:net');
    const silent = createServer(() => {});
    await new Promise<void>((r) => silent.listen(0, '127.0.0.1', r));
    const port = (silent.address() as { port: number }).port;
    await expect(request(`http://127.0.0.1:${port}/`, { timeout: 200 })).rejects.toMatchObject({ kind: 'unreachable' });
    silent.close();
    await server.start();
  });
  it('does not take a broken connection for one that was refused', async () => {
    const { createServer } = await import('node:http');
    const breaks = createServer((_, res) => { res.writeHead(200, { 'Content-Length': 1000 }).write('<rss>'); setTimeout(() => res.destroy(), 20); });
    await new Promise<void>((r) => breaks.listen(0, '127.0.0.1', r));
    const port = (breaks.address() as { port: number }).port;
    await expect(request(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ kind: 'document', detail: expect.stringMatching(/broke off/) as unknown });
    breaks.close();
  });
  it('stops reading an endless document', async () => {
    server.answers.set('/x', { body: 'x'.repeat(5000) });
    await expect(request(server.base + '/x', { limit: 1000 })).rejects.toMatchObject({ kind: 'document' });
  });
  it('sends a password that is not Latin-1', async () => {
    server.password = 'pä€s';
    await monitor('pä€s').check().catch(() => expect.fail('refused'));
  });
});

describe('monitor', () => {
  it('reads its state by name, or from the list of documents', async () => {
    expect(await monitor().state()).toMatchObject({ title: 'I' });
    server.answers.set('/share/private/monitor.global.json', { status: 404 });
    server.answers.set('/share/private/_document_list', { body: 'other\n' });
    server.files.set('/share/private/other.json', Buffer.from('{"title":"J"}'));
    expect(await monitor().state()).toEqual({ title: 'J' });
  });
  it('asks for no double slash', async () => {
    await monitor().state();
    await monitor().json(monitor().config());
    await monitor().entries([]).catch(() => {});
    expect(server.requests.filter((r) => r.includes('//'))).toEqual([]);
  });
  it('sends no password with a public document', async () => {
    server.files.set('/share/public/a.history.json', Buffer.from('{}'));
    await monitor('wrong').json(server.base + '/share/public/a.history.json');
    await expect(monitor('wrong').json(monitor().document('monitor.global'))).rejects.toMatchObject({ kind: 'password' });
  });
});

describe('tail', () => {
  const signal = new AbortController().signal;
  const path = '/share/private/log/x.log';
  it('reads the end, what is added, what was before, and a file that took its place', async () => {
    const lines = Buffer.concat([Buffer.from('é\n'.repeat(50_000)), Buffer.from([0xff, 0x0a])]);
    server.files.set(path, lines);
    const tail = new Tail(monitor(), server.base + path);
    const last = await tail.last(signal);
    expect([last.start, last.end, last.fresh]).toEqual([lines.length - 65536, lines.length, true]);
    expect(await tail.grown(last.end, signal)).toBeUndefined();

    server.files.set(path, Buffer.concat([lines, Buffer.from('more\n')]));
    expect(await tail.grown(last.end, signal)).toEqual({ text: 'more\n', start: lines.length, end: lines.length + 5, fresh: false });

    const before = await tail.before(last.start, signal);
    expect([before.start, before.end]).toEqual([last.start - 65536, last.start]);

    server.files.set(path, Buffer.from('new\n'));
    expect(await tail.grown(last.end, signal)).toEqual({ text: 'new\n', start: 0, end: 4, fresh: true });
  });
  it('reads from a server that knows no ranges', async () => {
    server.plain = true;
    server.files.set(path, Buffer.from('one\n'));
    const tail = new Tail(monitor(), server.base + path);
    expect(await tail.last(signal)).toMatchObject({ text: 'one\n', end: 4 });
    expect(await tail.grown(4, signal)).toBeUndefined();
    server.files.set(path, Buffer.from('one\ntwo\n'));
    expect(await tail.grown(4, signal)).toMatchObject({ text: 'one\ntwo\n', start: 0, end: 8 });
    server.plain = false;
  });
  it('reads an empty file', async () => {
    server.files.set(path, Buffer.alloc(0));
    expect(await new Tail(monitor(), server.base + path).last(signal)).toMatchObject({ text: '', start: 0, end: 0 });
  });
  it('tells a missing one', async () => {
    await expect(new Tail(monitor(), server.base + '/share/private/none').last(signal)).rejects.toMatchObject({ kind: 'missing' });
  });
});
