import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { getJson, getStatus, getText } from '#edge/network/http.ts';

async function serve(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function answering(listener: RequestListener): Promise<{ port: number; server: Server }> {
  const server = createServer(listener);
  onTestFinished(() => server.closeAllConnections());
  return { port: await serve(server), server };
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

test.each([200, 204, 404, 500, 503])('HTTP %i is told as it is', async (status) => {
  const { port } = await answering((_, response) => response.writeHead(status).end('body'));
  expect(await getStatus('127.0.0.1', port, '/health', 1_000)).toEqual({ status, reason: `HTTP ${status}` });
});

test('a redirect is told, not followed', async () => {
  let asked = 0;
  const { port } = await answering((_, response) => {
    asked += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await getStatus('127.0.0.1', port, '/health', 1_000)).toEqual({ status: 302, reason: 'HTTP 302' });
  expect(asked).toBe(1);
});

test('the path, the query and the host arrive as they were given', async () => {
  const { port } = await answering(({ url, headers }, response) => response.end(`${url} ${headers.host}`));
  const answer = await getText('localhost', port, '/a/b?c=d', 1_000);
  expect(answer).toEqual({ ok: true, status: 200, text: `/a/b?c=d localhost:${port}` });
});

test('nothing is left open, whether the body ends or not', async () => {
  const { port, server } = await answering(({ url }, response) => {
    response.write('x'.repeat(10_000));
    if (url === '/ends') response.end();
  });
  for (const path of ['/ends', '/goes-on'])
    expect(await getStatus('127.0.0.1', port, path, 1_000)).toMatchObject({ status: 200 });
  await expect.poll(() => connections(server)).toBe(0);
});

test('no server is a refusal, noise is no HTTP, a cut connection is a reset', async () => {
  const closed = createTcpServer();
  const port = await serve(closed);
  await new Promise((resolve) => closed.close(resolve));
  expect(await getStatus('127.0.0.1', port, '/', 1_000)).toEqual({ status: null, reason: 'refused' });
  const noise = await serve(createTcpServer((socket) => socket.on('error', () => {}).end('SSH-2.0\r\n')));
  expect(await getStatus('127.0.0.1', noise, '/', 1_000)).toEqual({ status: null, reason: 'no HTTP' });
  const cut = await serve(createTcpServer((socket) => socket.resetAndDestroy()));
  expect(await getStatus('127.0.0.1', cut, '/', 1_000)).toEqual({ status: null, reason: 'reset' });
});

test.each([
  ['never answers', () => undefined],
  ['never ends its headers', (socket: NodeJS.WritableStream) => void socket.write('HTTP/1.1 200 OK\r\nX: ')],
])('a server that %s is given up in time', async (_, begin) => {
  const server = createTcpServer((socket) => begin(socket.on('error', () => {}).resume()));
  const port = await serve(server);
  const sinceMs = performance.now();
  expect(await getStatus('127.0.0.1', port, '/', 300)).toEqual({ status: null, reason: 'timeout' });
  expect(performance.now() - sinceMs).toBeLessThan(1_500);
  await expect.poll(() => connections(server)).toBe(0);
});

test('a body that never ends is given up in time, one without end in size too', async () => {
  const { port } = await answering(({ url }, response) => {
    response.write('{');
    if (url !== '/long') return;
    const pour = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', pour);
    pour();
  });
  expect(await getText('127.0.0.1', port, '/slow', 300)).toEqual({ ok: false, reason: 'timeout' });
  expect(await getText('127.0.0.1', port, '/long', 10_000)).toEqual({ ok: false, reason: 'a body over 8 MiB' });
});

test('JSON comes as a value with its status, anything else as a reason', async () => {
  const { port } = await answering(({ url }, response) =>
    response.writeHead(url === '/json' ? 503 : 200).end(url === '/json' ? '{"a":[1]}' : '<html>'),
  );
  expect(await getJson('127.0.0.1', port, '/json', 1_000)).toEqual({ ok: true, status: 503, value: { a: [1] } });
  expect(await getJson('127.0.0.1', port, '/', 1_000)).toEqual({ ok: false, reason: 'HTTP 200 without JSON' });
});

test('an address that is none is a reason', async () => {
  expect(await getStatus('a b', 80, '/', 1_000)).toMatchObject({ status: null });
  expect(await getStatus('nowhere.invalid', 80, '/', 3_000)).toMatchObject({
    status: null,
    reason: expect.stringMatching(/^name not resolved/),
  });
});
