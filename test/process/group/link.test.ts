import { expect, test } from 'vitest';

import { openListener } from '#edge/group/socket.ts';

import { program } from './program.ts';
import { frameOf, rawUpgrade } from './raw-client.ts';
import { linked, listening } from './watched.ts';

test('frames go both ways, whole and in order, over links with numbers of their own', async () => {
  const { ours, theirs } = await linked(await listening());
  const big = 'é'.repeat(32_000);
  for (const text of ['one', '{"two":2}', big]) ours.link.send(text);
  theirs.link.send('back');
  expect(await theirs.received(3)).toEqual(['one', '{"two":2}', big]);
  expect(await ours.received(1)).toEqual(['back']);
  expect([ours.link.address, theirs.link.address]).toEqual(['127.0.0.1', '127.0.0.1']);
  expect(ours.link.id).not.toBe(theirs.link.id);
});

test('a link that is closed says what is queued first, and both sides know who closed it', async () => {
  const { ours, theirs } = await linked(await listening());
  for (let index = 0; index < 100; index += 1) ours.link.send('x'.repeat(1_000));
  ours.link.close();
  ours.link.send('too late');
  expect(await theirs.closed).toBe('closed by the other side');
  expect(theirs.frames).toHaveLength(100);
  expect(await ours.closed).toBe('closed by us');
});

test('a link that is terminated ends at once, without a goodbye', async () => {
  const { ours, theirs } = await linked(await listening());
  ours.link.terminate();
  expect(await ours.closed).toBe('closed by us');
  expect(await theirs.closed).toBe('ended without a goodbye');
});

test('frames that come after our own close are not delivered', async () => {
  const { ours, theirs } = await linked(await listening());
  theirs.link.close();
  ours.link.send('crossed it on the way');
  expect(await theirs.closed).toBe('closed by us');
  expect(theirs.frames).toEqual([]);
});

test('a listener that is closed takes no new links and keeps the open ones', async () => {
  const listener = await listening();
  const { ours, theirs } = await linked(listener);
  listener.listener.close();
  await expect(linked(listener)).rejects.toThrow('refused');
  ours.link.send('still here');
  expect(await theirs.received(1)).toEqual(['still here']);
});

test('a peer killed by SIGKILL is closed at once', async () => {
  const listener = await listening();
  const { child } = await program('joins-and-stays.js', String(listener.port));
  const peer = await listener.next();
  const killedMs = performance.now();
  child.kill('SIGKILL');
  expect(await peer.closed).toBe('ended without a goodbye');
  expect(performance.now() - killedMs).toBeLessThan(500);
});

test('a peer that stops reading is closed once 1 MiB waits for it, and not before', async () => {
  const listener = await listening();
  const socket = await rawUpgrade(listener.port);
  socket.pause();
  const peer = await listener.next();
  const chunk = 'x'.repeat(60_000);
  let sent = 0;
  let over = false;
  void peer.closed.then(() => (over = true));
  while (!over && sent < 1_000) {
    peer.link.send(chunk);
    sent += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await peer.closed).toBe('does not read: more than 1 MiB waits to be sent');
  expect(sent).toBeGreaterThan(17);
  expect(sent).toBeLessThan(1_000);
  socket.destroy();
});

test('a peer that hangs up while it does not read is closed within a second', async () => {
  const listener = await listening();
  const socket = await rawUpgrade(listener.port);
  const peer = await listener.next();
  socket.pause();
  peer.link.send('x'.repeat(60_000));
  socket.end();
  const sinceMs = performance.now();
  await peer.closed;
  expect(performance.now() - sinceMs).toBeLessThan(1_500);
  socket.destroy();
});

test('a peer that says goodbye and then holds the connection open is closed within a second', async () => {
  const listener = await listening();
  const socket = await rawUpgrade(listener.port);
  const peer = await listener.next();
  socket.write(frameOf(8, Buffer.from([3, 232])));
  const sinceMs = performance.now();
  expect(await peer.closed).toBe('closed by the other side');
  expect(performance.now() - sinceMs).toBeLessThan(1_500);
  socket.destroy();
});

test('our own close of a link whose peer does not answer takes no more than a second', async () => {
  const listener = await listening();
  const socket = await rawUpgrade(listener.port);
  const peer = await listener.next();
  const sinceMs = performance.now();
  peer.link.close();
  expect(await peer.closed).toBe('closed by us');
  expect(performance.now() - sinceMs).toBeLessThan(1_500);
  socket.destroy();
});

test('a port that is taken is named, with the process that has it', async () => {
  const { child, line } = await program('holds-port.js');
  const port = Number(line);
  const opened = await openListener({ port, size: 2, onLink: () => ({ frame: () => {}, closed: () => {} }) });
  expect(opened).toEqual({
    ok: false,
    reason: expect.stringMatching(`^port ${port} is taken by pid ${child.pid} \\(.*holds-port\\.js\\)$`),
  });
});

test('an address that is not ours cannot be listened on', async () => {
  const onLink = () => ({ frame: () => {}, closed: () => {} });
  const opened = await openListener({ port: 0, host: '192.0.2.77', size: 2, onLink });
  expect(opened).toEqual({ ok: false, reason: '192.0.2.77 is no address of this node (EADDRNOTAVAIL)' });
});
