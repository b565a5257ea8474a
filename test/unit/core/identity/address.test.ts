import { describe, expect, test } from 'vitest';

import { isHere, isHost, isLoopback, mayBeHere, ownNames, parseHostPort, sameHost } from '#core/identity/address.ts';

describe('HOST[:PORT]', () => {
  test.each([
    ['n1', 'n1', null],
    ['n1:9441', 'n1', 9441],
    ['n1.example.com.:1', 'n1.example.com.', 1],
    ['my_host:65535', 'my_host', 65_535],
    ['10.0.0.1', '10.0.0.1', null],
    ['10.0.0.1:80', '10.0.0.1', 80],
    ['::1', '::1', null],
    ['fe80::1%eth0', 'fe80::1%eth0', null],
    ['[::1]', '::1', null],
    ['[::1]:9441', '::1', 9441],
    ['[2001:db8:0:0:0:0:0:1]:9441', '2001:db8:0:0:0:0:0:1', 9441],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1', null],
    ['1:2:3:4:5:6:10.0.0.1', '1:2:3:4:5:6:10.0.0.1', null],
  ])('%s', (text, host, port) => expect(parseHostPort(text)).toEqual({ host, port }));

  test.each([
    '',
    ':9441',
    'n1:',
    'n1:0',
    'n1:65536',
    'n1:99999',
    'n1:123456',
    'n1:x',
    'n1:9441x',
    'http://n1',
    'n1/x',
    'a b',
    'a@b',
    '-n1',
    'n1-',
    '.n1',
    '[n1]:1',
    '[]',
    '[::1',
    '[::1]x',
    '[::1]:',
    '[::1]:0',
    'x[::1]',
    '1:2:3',
    ':::',
    '::1::',
    '1.2.3.4::',
    '12345::1',
    '1:2:3:4:5:6:7:',
    '::1.2.3',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '1::3:4:5:6:7:8:9',
    'a'.repeat(255),
    'g::1',
    '::1%',
    '1:2:3:4:5:6:7:10.0.0.1',
  ])('refuses %j', (text) => expect(parseHostPort(text)).toBeNull());

  test.each([
    ['n1', true],
    ['::1', true],
    ['n1:1', false],
    ['[::1]', false],
    ['a'.repeat(254), true],
  ])('%s is a host: %s', (text, is) => {
    expect(isHost(text)).toBe(is);
  });
});

describe('the same host', () => {
  test.each([
    ['n1', 'n1', true],
    ['N1.Example', 'n1.example.', true],
    ['a.b', 'a.b.svc.cluster.local', true],
    ['a.b.svc.cluster.local', 'a.b', true],
    ['a.b', 'a.bc', false],
    ['a.b', 'a.c', false],
    ['n1', 'n10', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.1.example', false],
    ['FE80::1%eth0', 'fe80::1', true],
    ['::1', '::2', false],
    ['::1', '::1.a', false],
  ])('%s and %s: %s', (a, b, same) => {
    expect(sameHost(a, b)).toBe(same);
    expect(sameHost(b, a)).toBe(same);
  });
});

describe('an address that only its own machine reaches', () => {
  test.each([
    'localhost',
    'LOCALHOST.',
    'localhost.localdomain',
    'a.localhost',
    'ip6-localhost',
    'ip6-loopback',
    '127.0.0.1',
    '127.1.2.3',
    '0.0.0.0',
    '::1',
    '::',
    '0:0:0:0:0:0:0:1',
    '::0001',
    '::ffff:127.0.0.1',
    '::ffff:0.0.0.0',
  ])('%s is one', (host) => expect(isLoopback(host)).toBe(true));
  test.each([
    'n1',
    'localhosts',
    'mylocalhost',
    'xip6-localhost',
    'ip6-localhostx',
    '10.127.0.1',
    '128.0.0.1',
    '0.0.0.1',
    '::2',
    '::11',
    '1::1',
    '::10',
    '::ffff:10.0.0.1',
    '::ffff:0.0.0.01',
    '127.example.com',
  ])('%s is none', (host) => expect(isLoopback(host)).toBe(false));
});

const here = {
  hostname: 'vllm-0.vllm.ns',
  interfaces: [
    { name: 'lo', address: '127.0.0.1', internal: true },
    { name: 'eth0', address: '10.0.0.1', internal: false },
    { name: 'eth0', address: 'fe80::1', internal: false },
  ],
};

describe('this machine', () => {
  test.each([
    ['vllm-0.vllm.ns', true],
    ['vllm-0', true],
    ['VLLM-0.vllm.ns.svc.cluster.local', true],
    ['10.0.0.1', true],
    ['FE80::1%eth0', true],
    ['127.0.0.1', false],
    ['10.0.0.2', false],
    ['vllm-1', false],
    ['vllm-0.other', false],
  ])('%s is in a list as this host: %s', (host, is) => expect(isHere(host, here)).toBe(is));

  test.each([
    ['vllm-0.other.domain', true],
    ['localhost', true],
    ['10.0.0.1', true],
    ['10.0.0.2', false],
    ['vllm-1.vllm.ns', false],
  ])('%s may be this host as a leader: %s', (host, may) => expect(mayBeHere(host, here)).toBe(may));

  test('an address is no label of a host name', () => {
    expect(mayBeHere('10.0.0.2', { hostname: '10', interfaces: [] })).toBe(false);
  });

  test('is named by its host name and outer addresses', () => {
    expect(ownNames(here)).toEqual(['vllm-0.vllm.ns', '10.0.0.1', 'fe80::1']);
  });
});
