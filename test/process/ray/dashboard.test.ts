import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { askDashboard } from '#edge/ray/dashboard.ts';
import { restNodesPath } from '#upstream/ray/rest.ts';

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('the dashboard is asked for its list of nodes', async () => {
  const list = { result: true, msg: '', data: { result: { total: 0, result: [] } } };
  const port = await serve(({ url }, response) => {
    response.writeHead(url === restNodesPath ? 200 : 404).end(JSON.stringify(list));
  });
  expect(await askDashboard('127.0.0.1', port, 5_000)).toEqual({ ok: true, nodes: [] });
});

test('an answer that is no list, or none at all, is a reason', async () => {
  const refuses = await serve((_, response) => response.writeHead(401).end('{}'));
  expect(await askDashboard('127.0.0.1', refuses, 5_000)).toEqual({ ok: false, reason: 'HTTP 401' });
  const page = await serve((_, response) => response.end('<html>'));
  expect(await askDashboard('127.0.0.1', page, 5_000)).toEqual({ ok: false, reason: 'HTTP 200 without JSON' });
  const hangs = await serve(() => undefined);
  expect(await askDashboard('127.0.0.1', hangs, 300)).toEqual({ ok: false, reason: 'timeout' });
});
