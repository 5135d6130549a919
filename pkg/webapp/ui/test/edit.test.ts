import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Monitor } from '../src/net/monitor';
import { applyEdits } from '../src/sync/parameters';
import { changePassword, generatePassword, unfit } from '../src/sync/password';
import { FakeMonitor } from './monitor';

let server: FakeMonitor;
beforeEach(async () => { server = await new FakeMonitor().start(); });
afterEach(() => server.stop());

const outline = () => ({ title: 'I', feed: server.base + '/public/feed', private: server.base + '/share/private/' });
const old = { username: 'admin', password: 'secret' };
const monitor = () => new Monitor(outline(), old);

describe('applyEdits', () => {
  const edit = { key: 'greeting', from: 'hello', to: 'bye' };
  it('changes one value and leaves the others as they are', async () => {
    await applyEdits(monitor(), [edit]);
    expect(server.config.map((p) => p.value)).toEqual(['admin', 'secret', 'bye']);
  });
  it('waits for a server that applies it later', async () => {
    server.applies = false;
    let waited = 0;
    await applyEdits(monitor(), [edit], () => {
      waited++;
      server.apply(server.config.map((p) => (p.key === 'greeting' ? { ...p, value: 'bye\n' } : p)));
    }, 10);
    expect(waited).toBe(1);
  });
  it('notices that somebody else was faster', async () => {
    await expect(applyEdits(monitor(), [{ ...edit, from: 'older' }])).rejects.toMatchObject({ name: 'Conflict', value: 'hello' });
    expect(server.requests.some((r) => r.startsWith('PUT'))).toBe(false);
  });
  it('tells why a server refuses', async () => {
    server.refusal = 'greeting: too rude';
    await expect(applyEdits(monitor(), [edit])).rejects.toMatchObject({ kind: 'server', status: 422, detail: '422: greeting: too rude' });
  });
});

describe('changePassword', () => {
  const steps: string[] = [];
  const change = (to = 'newsecret') => changePassword(outline(), old, to, (s) => steps.push(s), 10);
  beforeEach(() => { steps.length = 0; });

  it('changes and confirms', async () => {
    expect(await change()).toBe('changed');
    expect(server.password).toBe('newsecret');
    expect(steps).toEqual(['checking', 'changing', 'confirming']);
  });
  it('can be repeated', async () => {
    await change();
    expect(await change()).toBe('already');
  });
  it('waits until the new one works', async () => {
    server.applies = false;
    const later = (step: string): void => { if (step === 'confirming') setTimeout(() => { server.password = 'newsecret'; }, 50); };
    expect(await changePassword(outline(), old, 'newsecret', later, 10)).toBe('changed');
  });
  it('leaves one alone that has it already, and is known to', async () => {
    expect(await changePassword(outline(), old, old.password, () => {}, 10)).toBe('already');
    expect(server.requests.some((r) => r.startsWith('PUT'))).toBe(false);
  });
  it('fails when neither is right', async () => {
    server.password = 'third';
    await expect(change()).rejects.toMatchObject({ kind: 'password' });
  });
  it('fails, and changes nothing, where the password is no parameter', async () => {
    server.config = [];
    await expect(change()).rejects.toThrow(/no parameter monitor-password/);
    expect(server.password).toBe('secret');
  });
  it('tells a server that is down', async () => {
    await server.stop();
    await expect(change()).rejects.toMatchObject({ kind: 'certificate' });
    await server.start();
  });
});

describe('passwords', () => {
  it.each([['short1', 'short'], ['with blank1', 'characters'], ['with&amp', 'characters'], ['pässwörter', 'characters'], ['good-enough.1', '']])('%s', (p, want) => expect(unfit(p)).toBe(want));
  it('are generated fit, and each time another', () => {
    const list = new Set(Array.from({ length: 50 }, generatePassword));
    expect(list.size).toBe(50);
    for (const p of list) expect([p.length, unfit(p)]).toEqual([20, '']);
  });
});
