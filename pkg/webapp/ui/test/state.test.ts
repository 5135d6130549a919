import { describe, expect, it } from 'vitest';
import { parseState } from '../src/data/state';

const links = { private_url: { href: 'https://h/share/private/' }, public_url: { href: 'https://h/share/public/' }, rss_url: { href: 'https://h/public/feed' } };
const parameters = [{ key: '', title: 'monitor-user', value: 'admin' }, { key: 'monitor-password', title: 'monitor-password', value: 'secret\n' }];

describe('parseState', () => {
  it('reads 2017', () => {
    const { state, faults } = parseState({
      type: 'global', status: 'error', date: '2017-03-19 12:00:00', title: 'I', 'hosting-title': 'T', parameters,
      state: { error: 2, success: '7', warning: 1 }, _links: { ...links, private_url: { href: 'https://h/share/jio_private/' } },
      data: { state: 'monitor_state.data' },
      _embedded: { instance: { computer: 'COMP-1', partition: 'slappart1', ipv4: ['10.0.0.1', '10.0.0.2'], ipv6: '::1', 'software-release': 'https://sr', 'software-type': 'default' } },
    });
    expect(faults).toEqual([]);
    expect(state).toEqual({
      title: 'I', tree: 'T', status: 'ERROR', date: Date.UTC(2017, 2, 19, 12), computer: 'COMP-1', partition: 'slappart1',
      ipv4: '10.0.0.1 10.0.0.2', ipv6: '::1', release: 'https://sr', softwareType: 'default', errors: 2, successes: 7, warnings: 1,
      parameters: [{ key: '', title: 'monitor-user', value: 'admin' }, { key: 'monitor-password', title: 'monitor-password', value: 'secret' }],
      links: { private: 'https://h/share/private/', public: 'https://h/share/public/', feed: 'https://h/public/feed' },
      progression: 'monitor_state.data',
    });
  });

  it('reads 2026', () => {
    const { state, faults } = parseState({
      portal_type: 'Software Instance', status: 'OK', date: '2026-03-19T12:00:00+0000', title: 'I', specialise_title: 'T',
      aggregate_reference: 'COMP-1', partition_id: 'slappart1', ipv4: '10.0.0.1', ipv6: '::1', software_release: 'https://sr',
      state: { error: 0, success: 3 }, parameters, _links: links, data: { state: 'monitor_state.data' },
    });
    expect(faults).toEqual([]);
    expect(state).toMatchObject({ status: 'OK', tree: 'T', computer: 'COMP-1', partition: 'slappart1', ipv6: '::1', release: 'https://sr', successes: 3 });
  });

  it('takes wrong types as missing and tells what matters', () => {
    const { state, faults } = parseState({
      status: 5, date: {}, title: ['x'], state: 'many', parameters: 'none', _links: { private_url: { href: 'javascript:alert(1)' } },
      data: { state: '../../etc/passwd' }, _embedded: 3,
    });
    expect(state).toMatchObject({ status: 'UNKNOWN', title: '', errors: 0, parameters: [], links: { private: '' }, progression: 'monitor_state.data' });
    expect(faults).toEqual([expect.stringMatching(/no date/), expect.stringMatching(/no status/)]);
  });

  it.each([[null], [[]], ['x'], [3]])('refuses %j', (value) => expect(() => parseState(value)).toThrow(/JSON object/));
});
