import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, onTestFinished, test } from 'vitest';

import { probePeer } from '#edge/group/probe-peer.ts';
import { openLink } from '#edge/group/socket.ts';

import { program } from './program.ts';
import { listening, watchLinks } from './watched.ts';

async function serving(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const answering = (answer: (socket: Socket) => void): Promise<number> => {
  const sockets: Socket[] = [];
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  return serving(
    createServer((socket) => {
      sockets.push(socket.on('error', () => undefined));
      answer(socket);
    }),
  );
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const dial = async (port: number, host = '127.0.0.1', timeoutMs = 2_000): Promise<string> => {
  const links = watchLinks();
  const opened = await openLink({ host, port, timeoutMs, onLink: links.onLink });
  expect(links.count()).toBe(opened.ok ? 1 : 0);
  if (!opened.ok) return opened.reason;
  opened.link.terminate();
  return 'open';
};

test('a port that nobody listens on refuses', async () => {
  expect(await dial(await freePort())).toBe('refused');
});

test('a server of another kind is told by what it answers', async () => {
  const missing = createHttpServer((_, response) => response.writeHead(404).end());
  expect(await dial(await serving(missing))).toBe('not a launcher (HTTP 404)');
  expect(await dial(await answering((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))).toBe(
    'not a launcher (no HTTP)',
  );
});

test('an upgrade to something else is no launcher', async () => {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  const port = await answering((socket) => socket.write(`${head}Sec-WebSocket-Accept: nonsense\r\n\r\n`));
  expect(await dial(port)).toBe('not a launcher (Invalid Sec-WebSocket-Accept header)');
});

test('a connection that is cut during the handshake is a reset', async () => {
  expect(await dial(await answering((socket) => socket.resetAndDestroy()))).toBe('reset');
});

test('a server that never answers is given up in time', async () => {
  const port = await answering(() => undefined);
  const sinceMs = performance.now();
  expect(await dial(port, '127.0.0.1', 300)).toBe('timeout');
  expect(performance.now() - sinceMs).toBeLessThan(1_000);
});

test('a server that answers one byte at a time is given up in time', async () => {
  const port = await answering((socket) => {
    const drip = setInterval(() => socket.write('H'), 50);
    socket.once('close', () => clearInterval(drip));
    socket.write('HTTP/1.1 101 Switching Protocols\r\nX-Long: ');
  });
  expect(await dial(port, '127.0.0.1', 400)).toBe('timeout');
});

test('a name that is none is said to be', async () => {
  expect(await dial(9441, 'leader.invalid')).toMatch(/^name not resolved \((ENOTFOUND|EAI_AGAIN)\)$/);
});

test.each(['a b', 'x\r\ny', ''])('the impossible host %j is a failure, not a crash', async (host) => {
  expect(await dial(await freePort(), host)).toMatch(/^(refused|name not resolved|failed)/);
});

test('a name with several addresses is dialled at all of them', async () => {
  const listener = await listening();
  // localhost may be ::1 first, where nobody listens.
  expect(await dial(listener.port, 'localhost')).toBe('open');
});

test('a dial can be given up', async () => {
  const port = await answering(() => undefined);
  const stop = new AbortController();
  const { onLink } = watchLinks();
  const opened = openLink({ host: '127.0.0.1', port, timeoutMs: 10_000, onLink, signal: stop.signal });
  stop.abort();
  expect(await opened).toEqual({ ok: false, reason: 'given up' });
});

test('a silent peer is reachable, refused or unreachable', async () => {
  const port = await answering(() => undefined);
  expect(await probePeer('127.0.0.1', port)).toBe('reachable');
  expect(await probePeer('127.0.0.1', await freePort())).toBe('refused');
  expect(await probePeer('leader.invalid', port)).toBe('unreachable');
});

test('a stopped process is reachable while the kernel takes connections for it, then neither probe nor dial come through', async () => {
  const { child, line } = await program('holds-port.js');
  const port = Number(line);
  child.kill('SIGSTOP');
  expect(await probePeer('127.0.0.1', port)).toBe('reachable');
  await fillQueue(port);
  const sinceMs = performance.now();
  expect(await probePeer('127.0.0.1', port, 200)).toBe('unreachable');
  expect(await dial(port, '127.0.0.1', 200)).toBe('timeout');
  expect(performance.now() - sinceMs).toBeLessThan(1_500);
});

/** Connects until the kernel answers no more. */
async function fillQueue(port: number): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    const answered = once(socket, 'connect').then(() => true);
    if (!(await Promise.race([answered, delay(300, false)]))) return;
  }
  throw new Error('the queue is never full');
}
