import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import type { StatusView } from '#core/report/status-document.ts';
import { getJson, getText } from '#edge/network/http.ts';
import { openStatusServer } from '#edge/status/server.ts';

import { cause, sample, view } from '../../unit/core/report/status-sample.ts';

async function serving(now: () => StatusView = () => view(), host: string | null = null) {
  const opened = await openStatusServer({ port: 0, host, view: now });
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.server.close());
  return opened.server;
}

async function say(port: number, bytes: string): Promise<string> {
  const socket = await reached(port);
  let said = '';
  socket.on('data', (chunk) => (said += chunk.toString()));
  socket.write(bytes);
  await once(socket, 'close');
  return said;
}

async function reached(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

const request = (line: string, headers = ''): string =>
  `${line} HTTP/1.1\r\nHost: x\r\n${headers}Connection: close\r\n\r\n`;

test('probes are answered from the state as of now, over both address families', async () => {
  let ready = false;
  const { port } = await serving(() => view({ ready: { ok: ready, reason: ready ? 'ready' : 'not yet' } }));
  expect(await getText('127.0.0.1', port, '/readyz', 1_000)).toEqual({ ok: true, status: 503, text: 'not yet\n' });
  ready = true;
  expect(await getText('localhost', port, '/readyz', 1_000)).toEqual({ ok: true, status: 200, text: 'ready\n' });
});

test('HEAD gets the headers alone, and what changes things is refused', async () => {
  const { port } = await serving();
  expect(await say(port, request('HEAD /readyz'))).toMatch(/^HTTP\/1\.1 503 .*content-length: \d\d.*\r\n\r\n$/is);
  expect(await say(port, request('POST /status', 'Content-Length: 5\r\n'))).toMatch(
    /^HTTP\/1\.1 405 .*allow: GET, HEAD/is,
  );
});

const outward = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry !== undefined && !entry.internal && entry.family === 'IPv4')?.address;

test.runIf(outward !== undefined)('the last lines are for clients on this node over loopback only', async () => {
  const { port } = await serving(() => view({ status: sample({ cause }) }));
  const near = await getJson('127.0.0.1', port, '/status', 1_000);
  expect(near).toMatchObject({ value: { tail: ['INFO ready'], cause: { lastLines: ['the last line'] } } });
  const far = await getJson(outward ?? '', port, '/status', 1_000);
  expect(far).toMatchObject({ value: { tail: null, cause: { lastLines: [] } } });
});

test('a state that cannot be read is a 500, not the end', async () => {
  let broken = true;
  const { port } = await serving(() => {
    if (broken) throw new Error('odd');
    return view();
  });
  expect(await getText('127.0.0.1', port, '/livez', 1_000)).toMatchObject({
    status: 500,
    text: 'cannot read the state: odd\n',
  });
  broken = false;
  expect(await getText('127.0.0.1', port, '/livez', 1_000)).toMatchObject({ status: 200 });
});

test('a taken port is an answer with the holder, not an exception', async () => {
  const { port } = await serving();
  expect(await openStatusServer({ port, host: null, view: () => view() })).toEqual({
    ok: false,
    reason: expect.stringMatching(`^port ${port} is taken by pid ${process.pid} \\(`),
  });
});

test('a host of its own is listened on alone', async () => {
  const { port } = await serving(() => view(), '127.0.0.1');
  expect(await getText('127.0.0.1', port, '/livez', 1_000)).toMatchObject({ status: 200 });
  if (outward !== undefined)
    expect(await getText(outward, port, '/livez', 1_000)).toEqual({ ok: false, reason: 'refused' });
});

test.each([
  ['noise', '\u0000\u0001\u0002\r\n\r\n', /^HTTP\/1\.1 400 /],
  ['a header without end', `GET /livez HTTP/1.1\r\nX: ${'x'.repeat(50_000)}`, /^HTTP\/1\.1 431 /],
  ['an upgrade', request('GET /livez', 'Upgrade: websocket\r\n'), /^HTTP\/1\.1 200 /],
])('%s is answered and the connection closed', async (_, bytes, answer) => {
  const { port } = await serving();
  expect(await say(port, bytes)).toMatch(answer);
  expect(await getText('127.0.0.1', port, '/livez', 1_000)).toMatchObject({ status: 200 });
});

test('who says half a request is out after some seconds', { timeout: 15_000 }, async () => {
  const { port } = await serving();
  const sinceMs = performance.now();
  expect(await say(port, 'GET /livez HTTP/1.1\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  expect(performance.now() - sinceMs).toBeLessThan(8_000);
});

test('connections over the limit are dropped, and the server is back when they go', { timeout: 20_000 }, async () => {
  const { port } = await serving();
  const sockets = await Promise.all(Array.from({ length: 300 }, () => reached(port)));
  const open = () => sockets.filter((socket) => !socket.closed && !socket.readableEnded).length;
  for (const socket of sockets) socket.resume();
  await expect.poll(open).toBeLessThanOrEqual(256);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => getText('127.0.0.1', port, '/livez', 500)).toMatchObject({ status: 200 });
});

test('closing takes less than a second, whoever holds a connection open', async () => {
  const server = await serving();
  const socket = await reached(server.port);
  socket.write('GET /livez HTTP/1.1\r\n');
  const sinceMs = performance.now();
  await server.close();
  expect(performance.now() - sinceMs).toBeLessThan(1_000);
  expect(await getText('127.0.0.1', server.port, '/livez', 1_000)).toEqual({ ok: false, reason: 'refused' });
});
