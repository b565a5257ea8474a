import { createServer as createHttp1Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { findHead } from '#edge/ray/head.ts';

import { bytesOf, recorded, versions } from '../../unit/upstream/ray/recorded.ts';
import { http2, nobodyIsConnected, tcp } from './servers.ts';

const host = '127.0.0.1';

/** A port where nobody listens any more. */
async function closedPort(): Promise<number> {
  const { port, server } = await tcp(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test.each(versions)('the GCS of Ray %s is a head, also behind one that is not there', async (version) => {
  const { headers, trailers, body } = recorded(version, 'cluster id');
  const { port, server } = await http2((stream) => {
    stream.respond(headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(bytesOf(body));
  });
  expect(
    await findHead([
      { host, port: await closedPort() },
      { host, port },
    ]),
  ).toBe(`${host}:${port}`);
  await nobodyIsConnected(server);
});

test('one that asks for a token is a head too', async () => {
  const { port } = await http2((stream) =>
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '16', 'grpc-message': 'no token' },
      { endStream: true },
    ),
  );
  expect(await findHead([{ host, port }])).toBe(`${host}:${port}`);
});

test('nobody, another gRPC, another HTTP, a Redis and one that says nothing are none', async () => {
  const http1 = createHttp1Server((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => http1.listen(0, host, resolve));
  onTestFinished(() => void http1.close());
  const grpc = await http2((stream) =>
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'unimplemented' },
      { endStream: true },
    ),
  );
  const redis = await tcp((socket) => void socket.write("-ERR unknown command 'PRI'\r\n"));
  const silent = await tcp(() => undefined);
  const ports = [await closedPort(), grpc.port, (http1.address() as AddressInfo).port, redis.port, silent.port];
  expect(await findHead([])).toBeNull();
  expect(await findHead(ports.map((port) => ({ host, port })))).toBeNull();
});
