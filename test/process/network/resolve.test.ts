import { pbkdf2 } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { lookupAll, lookupForDial } from '#edge/network/lookup.ts';
import { reachableOf, resolveLeader } from '#edge/network/resolve.ts';
import { interfaceOf, routeTo } from '#edge/network/route.ts';

const outward = Object.entries(networkInterfaces()).flatMap(([name, entries]) =>
  (entries ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => ({ name, address })),
)[0];
const loopback = interfaceOf('127.0.0.1');

test('an address of ours is reached from itself', async () => {
  expect(await routeTo('127.0.0.1')).toEqual({ own: '127.0.0.1', interface: loopback });
  expect(await routeTo('::ffff:127.0.0.1')).toEqual({ own: '127.0.0.1', interface: loopback });
  if (outward !== undefined)
    expect(await routeTo(outward.address)).toEqual({ own: outward.address, interface: outward.name });
});

test('an address elsewhere is reached from the address that the kernel would use', async () => {
  // Any address of the loopback network is reached over it, also those that nobody has.
  expect(await routeTo('127.9.9.9')).toEqual({ own: '127.0.0.1', interface: loopback });
  if (outward === undefined) return;
  const route = await routeTo('192.0.2.251');
  if (route !== null) expect(interfaceOf(route.own)).toBe(route.interface);
});

test.each(['nonsense', '', '999.1.1.1', '255.255.255.255'])('there is no way to %j', async (address) => {
  expect(await routeTo(address)).toBeNull();
});

test('a literal is its own address, at once', async () => {
  expect(await resolveLeader('127.0.0.1', 1)).toEqual({ address: '127.0.0.1', own: '127.0.0.1', interface: loopback });
  expect(await resolveLeader('[::1]', 1)).toMatchObject({ address: '::1' });
});

test('a name of the hosts file is resolved', async () => {
  const found = await resolveLeader('localhost', 2_000);
  expect(found).toMatchObject({ interface: loopback });
  expect('address' in found && ['127.0.0.1', '::1']).toContain('address' in found && found.address);
});

test.each([
  ['node-0', ['127.0.1.1', '10.0.0.5'], ['10.0.0.5']],
  ['node-0', ['::1', 'fd00::5'], ['fd00::5']],
  ['localhost', ['::1', '127.0.0.1'], ['::1', '127.0.0.1']],
  ['a.localhost.', ['127.0.0.1'], ['127.0.0.1']],
  ['node-0', [], []],
])('of the addresses of %s, %j, those count that others reach', (host, addresses, reachable) => {
  expect(reachableOf(host, addresses)).toEqual(reachable);
});

test.each([['127.0.1.1'], ['::1'], ['::ffff:127.0.0.1']])(
  'a name that is only %s here is no address of a leader',
  (own) => {
    expect(reachableOf('node-0', [own])).toBe(
      `it is ${own} here, which no other node reaches: mend the hosts file, or give --leader an address`,
    );
  },
);

test('a name that is none gives a reason', async () => {
  expect(await resolveLeader('leader.invalid', 5_000)).toEqual({
    reason: expect.stringMatching(/^name not resolved \((ENOTFOUND|EAI_AGAIN)\)$/),
  });
});

test('a resolver that does not answer in time gives a reason', async () => {
  // The resolver needs one of the pool's threads; all are busy for longer than the timeout.
  const busy = Array.from({ length: 8 }, () => promisify(pbkdf2)('key', 'salt', 200_000, 64, 'sha512'));
  expect(await resolveLeader('localhost', 20)).toEqual({ reason: 'no answer from the resolver within 20 ms' });
  await Promise.all(busy);
});

test('one name is asked once, however many wait for it', async () => {
  const answers = await Promise.all([lookupAll('localhost'), lookupAll('localhost')]);
  expect(answers[0]).toBe(answers[1]);
  expect(await lookupAll('localhost')).not.toBe(answers[0]);
});

test('a dial gets all addresses or the one of its family, as it asks', async () => {
  const ask = (options: object) =>
    new Promise((resolve) => lookupForDial('localhost', options, (error, ...found) => resolve(error?.code ?? found)));
  expect(await ask({ all: true, family: 4 })).toEqual([[{ address: '127.0.0.1', family: 4 }]]);
  expect(await ask({ family: 'IPv4' })).toEqual(['127.0.0.1', 4]);
  expect(await ask({ family: 5 })).toBe('ENOTFOUND');
});
