import { createServer as createHttp2Server } from 'node:http2';
import type { Http2Server, ServerHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { expect, onTestFinished } from 'vitest';

export type Listening = { readonly port: number; readonly server: Server };

/** A server that does what it is told with each connection; when the test ends it must have none left. */
export function tcp(speak: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    speak(socket);
    // Also who has nothing to hear sees the end.
    socket.resume();
  });
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  return listening(server);
}

/** An HTTP/2 server without TLS that does what it is told with each stream. */
export function http2(answer: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void): Promise<Listening> {
  const server: Http2Server = createHttp2Server();
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) =>
    answer(
      stream.on('error', () => undefined),
      headers,
    ),
  );
  return listening(server);
}

async function listening(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, server };
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

export const nobodyIsConnected = (server: Server): Promise<void> =>
  expect.poll(() => connections(server), { timeout: 5_000 }).toBe(0);
