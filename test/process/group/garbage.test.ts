import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { openLink } from '#edge/group/socket.ts';

import { frameOf, rawConnect, rawUpgrade, untilEnd, upgrade } from './raw-client.ts';
import { linked, listening, watchLinks } from './watched.ts';

const works = async (listener: Awaited<ReturnType<typeof listening>>): Promise<void> => {
  const { ours, theirs } = await linked(listener);
  ours.link.send('hello');
  expect(await theirs.received(1)).toEqual(['hello']);
};

// RFC 8446: a TLS record with the beginning of a ClientHello.
const tls = Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), randomBytes(505)]);
const noKey = upgrade().replace(/Sec-WebSocket-Key.*\r\n/, '');

test.each<[string, string | Buffer, RegExp]>([
  ['plain HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 426 .*talks to launchers only\n$/s],
  ['plain HTTP on our path', 'GET /group HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 426 /],
  ['another path', upgrade('/'), /^HTTP\/1\.1 404 /],
  ['a path that only begins like ours', upgrade('/groups'), /^HTTP\/1\.1 404 /],
  ['a page in a browser', upgrade('/group', 'Origin: http://evil.example\r\n'), /^HTTP\/1\.1 403 /],
  ['an upgrade by POST', upgrade().replace('GET', 'POST'), /^HTTP\/1\.1 (400|405) /],
  ['an upgrade without a key', noKey, /^HTTP\/1\.1 400 /],
  ['an upgrade to something else', upgrade().replace('websocket', 'h2c'), /^HTTP\/1\.1 400 /],
  ['headers without end', `GET /group HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`, /^HTTP\/1\.1 431 /],
  ['TLS', tls, /^HTTP\/1\.1 400 /],
  ['noise', Buffer.alloc(4_096, 0xfe), /^HTTP\/1\.1 400 /],
  ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n', /^HTTP\/1\.1 400 /],
  ['a request that is cut off', 'GET /gro', /^(HTTP\/1\.1 400 .*)?$/s],
])('%s gets an answer at most, and the next launcher gets in', async (_, bytes, answer) => {
  const listener = await listening();
  const socket = await rawConnect(listener.port);
  const said = untilEnd(socket);
  socket.end(bytes);
  expect(await said).toMatch(answer);
  expect(listener.count()).toBe(0);
  await works(listener);
});

test.each<[string, Buffer, RegExp]>([
  ['a binary frame', frameOf(2, Buffer.from('x')), /^sent a binary frame$/],
  ['a frame over 64 KiB', frameOf(1, Buffer.alloc(65_537, 'x')), /^broke the protocol \(Max payload size exceeded\)$/],
  ['text that is not UTF-8', frameOf(1, Buffer.from([0xff, 0xfe])), /^broke the protocol \(Invalid WebSocket frame/],
  ['a frame without a mask', frameOf(1, Buffer.from('x'), { masked: false }), /^broke the protocol \(/],
  ['an unknown opcode', frameOf(7, Buffer.from('x')), /^broke the protocol \(/],
  ['noise', Buffer.alloc(1_000, 0xff), /^broke the protocol \(/],
  [
    'a frame in more parts than anyone needs',
    Buffer.concat([
      frameOf(1, Buffer.from('x'), { fin: false }),
      ...Array<Buffer>(100).fill(frameOf(0, Buffer.from('x'), { fin: false })),
    ]),
    /^broke the protocol \(Too many message fragments\)$/,
  ],
])('%s on an open link closes this link only', async (_, bytes, reason) => {
  const listener = await listening();
  const { ours, theirs } = await linked(listener);
  const socket = await rawUpgrade(listener.port);
  const stranger = await listener.next();
  socket.write(bytes);
  expect(await stranger.closed).toMatch(reason);
  expect(stranger.frames).toEqual([]);
  ours.link.send('not disturbed');
  expect(await theirs.received(1)).toEqual(['not disturbed']);
  socket.destroy();
});

test('a flood of frames closes the link that sends them', async () => {
  const listener = await listening();
  const socket = await rawUpgrade(listener.port);
  const stranger = await listener.next();
  socket.on('error', () => undefined);
  socket.write(Buffer.concat(Array<Buffer>(5_000).fill(frameOf(1, Buffer.from('{}')))));
  expect(await stranger.closed).toBe('sent more than 1000 frames in a second');
  expect(stranger.frames).toHaveLength(1_000);
  socket.destroy();
});

test('a flood of pings from a client that reads no answer ends its link', async () => {
  const listener = await listening();
  const socket = await rawUpgrade(listener.port);
  const stranger = await listener.next();
  socket.on('error', () => undefined).pause();
  let over = false;
  void stranger.closed.then(() => (over = true));
  const pings = Buffer.concat(Array<Buffer>(500).fill(frameOf(9, Buffer.alloc(125))));
  while (!over) await new Promise((resolve) => socket.write(pings, resolve));
  expect(over).toBe(true);
  await works(listener);
});

test(
  'who says nothing, half a request, or nothing after the upgrade, is out after some seconds',
  { timeout: 15_000 },
  async () => {
    const listener = await listening();
    const sinceMs = performance.now();
    const nothing = await rawConnect(listener.port);
    const half = await rawConnect(listener.port);
    half.write('GET /group HTTP/1.1\r\nHost: x\r\n');
    const drip = await rawConnect(listener.port);
    drip.write('GET /group HTTP/1.1\r\n');
    const timer = setInterval(() => drip.write('X: y\r\n'), 300);
    onTestFinished(() => clearInterval(timer));
    await rawUpgrade(listener.port);
    const silent = await listener.next();
    await Promise.all([untilEnd(nothing), untilEnd(half), untilEnd(drip)]);
    expect(await silent.closed).toBe('said nothing for 5000 ms');
    expect(performance.now() - sinceMs).toBeGreaterThan(4_500);
    expect(performance.now() - sinceMs).toBeLessThan(8_000);
    await works(listener);
  },
);

test('more connections than a group needs are dropped, and links that are open stay', async () => {
  const listener = await listening(2);
  const { ours, theirs } = await linked(listener);
  const strangers: Socket[] = [];
  onTestFinished(() => strangers.forEach((socket) => socket.destroy()));
  const ends: Promise<string>[] = [];
  for (let index = 0; index < 60; index += 1) {
    const socket = await rawConnect(listener.port);
    strangers.push(socket);
    ends.push(untilEnd(socket));
  }
  // 2 x 2 + 16 connections in all, one of them ours: at least 41 of 60 are closed at once.
  const dropped = await Promise.all(ends.slice(-40));
  expect(dropped).toHaveLength(40);
  ours.link.send('still here');
  expect(await theirs.received(1)).toEqual(['still here']);
  for (const socket of strangers) socket.destroy();
  await expect
    .poll(() =>
      linked(listener).then(
        () => 'open',
        () => 'not yet',
      ),
    )
    .toBe('open');
});

test('random bytes, before and after the upgrade, end no listener', async () => {
  const listener = await listening();
  for (let round = 0; round < 40; round += 1) {
    const socket = round % 2 === 0 ? await rawConnect(listener.port) : await rawUpgrade(listener.port);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.write(randomBytes(1 + ((round * 37) % 3_000)), resolve));
    socket.destroy();
  }
  const { onLink } = watchLinks();
  const opened = await openLink({ host: '127.0.0.1', port: listener.port, timeoutMs: 2_000, onLink });
  if (!opened.ok) throw new Error(opened.reason);
  opened.link.send('hello');
  // The strangers' links came first; all of them are closed.
  for (let index = 0; index < 20; index += 1) await (await listener.next()).closed;
  expect(await (await listener.next()).received(1)).toEqual(['hello']);
  opened.link.terminate();
});
