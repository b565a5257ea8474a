import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { listen } from '#edge/network/listen.ts';
import { portHolder } from '#edge/network/port-holder.ts';

async function taken(host?: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ port: 0, host }, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test.each(['127.0.0.1', '0.0.0.0', undefined])('who listens on %s is found', async (host) => {
  expect(await portHolder(await taken(host))).toEqual({ pid: process.pid, command: expect.stringMatching(/node/) });
});

test('nobody is found for a free port', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await portHolder(port)).toBeNull();
});

test('a port that is free on another address only is taken where we listen on all', async () => {
  const port = await taken('127.0.0.1');
  expect(await listen(createServer(), port, null)).toEqual({
    ok: false,
    reason: expect.stringMatching(`^port ${port} is taken by pid ${process.pid} \\(`),
  });
});

test('a free port is bound for both address families where there are both', async () => {
  const server = createServer((socket) => socket.end());
  onTestFinished(() => void server.close());
  const bound = await listen(server, 0, null);
  expect(bound).toMatchObject({ ok: true });
  expect(['::', '0.0.0.0']).toContain((server.address() as AddressInfo).address);
});
