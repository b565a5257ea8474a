import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { SecureVersion, TLSSocket } from 'node:tls';

import { expect, onTestFinished, test } from 'vitest';

import { noMetrics } from '#core/webhook/metrics.ts';
import type { Outcome } from '#core/webhook/answer.ts';
import { mostBytes } from '#edge/webhook/body.ts';
import { readCertificate, watchCertificate } from '#edge/webhook/certificate.ts';
import type { Certificate } from '#edge/webhook/certificate.ts';
import { openWebhookServer } from '#edge/webhook/server.ts';

import { atomicWriter } from '../facts/atomic-writer.ts';
import { alpha, review } from '../../unit/core/webhook/ask.ts';

import { client } from './client.ts';
import { selfSigned, writePair } from './self-signed.ts';

const pair = selfSigned();
const certificate: Certificate = { ...pair, notAfterMs: 0 };

async function serving(given: Certificate = certificate) {
  const outcomes: Outcome[] = [];
  const judged = (outcome: Outcome) => void outcomes.push(outcome);
  const opened = await openWebhookServer({
    port: 0,
    version: '0.9.0',
    certificate: given,
    metrics: () => noMetrics,
    judged,
  });
  if (!opened.ok) throw new Error(opened.reason);
  const { server } = opened;
  onTestFinished(async () => void (await server.close(0)));
  const asking = client(server.port, given.cert);
  onTestFinished(asking.close);
  return { server, outcomes, ...asking };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'vllm-launch-test-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

async function reached(
  port: number,
  more: { minVersion?: SecureVersion; maxVersion?: SecureVersion } = {},
): Promise<TLSSocket> {
  const socket = connect({ host: 'localhost', port, ca: pair.cert, ciphers: 'DEFAULT@SECLEVEL=0', ...more });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  return socket;
}

const create = JSON.stringify(review('CREATE', alpha()));
const head = (length: number): string => `POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;

test('reviews are answered over one kept-alive connection, and each is reported with its outcome', async () => {
  const { send, outcomes } = await serving();
  const first = await send('/mutate?timeout=10s', { body: create });
  const second = await send('/validate', { body: create });
  expect([first.status, first.reused, second.status, second.reused]).toEqual([200, false, 200, true]);
  expect(first.headers).toMatchObject({ 'content-type': 'application/json' });
  expect(outcomes.map(({ webhook, result }) => `${webhook} ${result}`)).toEqual(['mutate patched', 'validate allowed']);
  expect((await send('/healthz', { method: 'GET' })).body).toBe('ok\n');
  expect((await send('/metrics', { method: 'GET' })).body).toContain('requests_in_flight 1\n');
  expect((await send('/nowhere')).status).toBe(404);
});

test.each([
  ['TLSv1.2', 'TLSv1.2'],
  ['TLSv1.3', 'TLSv1.3'],
] as const)('%s is spoken', async (minVersion, maxVersion) => {
  const { server } = await serving();
  expect((await reached(server.port, { minVersion, maxVersion })).getProtocol()).toBe(maxVersion);
});

test('TLS 1.1 is not spoken, nor plain HTTP, and the server goes on', async () => {
  const { server, send } = await serving();
  await expect(reached(server.port, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).rejects.toThrow(
    /protocol version/,
  );
  const plain = connectTcp(server.port, 'localhost').on('error', () => undefined);
  plain.write('GET /healthz HTTP/1.1\r\n\r\n');
  await once(plain, 'close');
  expect((await send('/healthz', { method: 'GET' })).status).toBe(200);
});

test('a body that is too large, said or not, is refused with a message, and so are others that cannot be read', async () => {
  const { send, outcomes } = await serving();
  const large = Buffer.alloc(4 * mostBytes, 'x');
  const said = await send('/mutate', { body: large, headers: { 'content-length': String(large.length) } });
  const chunked = await send('/mutate', { body: large, headers: { 'transfer-encoding': 'chunked' } });
  for (const { status, body } of [said, chunked]) {
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({
      kind: 'Status',
      code: 413,
      message: expect.stringContaining('larger than 8388608'),
    });
  }
  expect((await send('/mutate', { body: 'x', headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
  expect((await send('/mutate', { body: Uint8Array.from([0xff]) })).body).toContain('not UTF-8');
  expect(outcomes.map(({ result }) => result)).toEqual(['refused']);
});

test('whoever says nothing, little or nothing more is cut off, and nobody else waits for that', async () => {
  const { server, send } = await serving();
  const silent = connectTcp(server.port, 'localhost').on('error', () => undefined);
  const [greeted, begun, stalled] = await Promise.all([1, 2, 3].map(() => reached(server.port)));
  begun?.write('POST /mutate HTTP/1.1\r\nHost: x\r\n');
  stalled?.write(`${head(1_000)}{`);
  const ends = [silent, greeted, begun, stalled].map((socket) => once(socket ?? silent, 'close'));
  silent.resume();
  for (const socket of [greeted, begun, stalled]) socket?.resume();
  expect((await send('/mutate', { body: create })).status).toBe(200);
  await Promise.all(ends);
  expect((await send('/mutate', { body: create })).status).toBe(200);
}, 40_000);

test('a client that goes away in the middle is no news', async () => {
  const { server, send, outcomes } = await serving();
  const gone = await reached(server.port);
  gone.write(`${head(1_000)}{`);
  await expect.poll(() => server.inFlight()).toBe(1);
  gone.destroy();
  await expect.poll(() => server.inFlight()).toBe(0);
  expect((await send('/mutate', { body: create })).status).toBe(200);
  expect(outcomes).toHaveLength(1);
});

test('closing finishes what is in flight, ends what is idle, and lets nobody in', async () => {
  const { server, send } = await serving();
  await send('/healthz', { method: 'GET' });
  const busy = await reached(server.port);
  let said = '';
  busy.on('data', (chunk: Buffer) => (said += chunk.toString()));
  busy.write(head(Buffer.byteLength(create)) + create.slice(0, 10));
  await expect.poll(() => server.inFlight()).toBe(1);
  const closed = server.close(20_000);
  await expect
    .poll(() => send('/healthz', { method: 'GET' }).catch((error: NodeJS.ErrnoException) => error.code))
    .toBe('ECONNREFUSED');
  busy.write(create.slice(10));
  expect(await closed).toBe(0);
  await once(busy, 'close');
  expect(said).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*"allowed":true/);
});

test('closing does not wait for ever: what is not done by then is cut off and counted', async () => {
  const { server } = await serving();
  const busy = await reached(server.port);
  busy.write(`${head(1_000)}{`);
  await expect.poll(() => server.inFlight()).toBe(1);
  expect(await server.close(200)).toBe(1);
});

test('a certificate that was renewed is served from then on, and open connections stay', async () => {
  const mounted = folder();
  const write = atomicWriter(mounted);
  await write({ 'tls.crt': pair.cert, 'tls.key': pair.key });
  const files = { cert: join(mounted, 'tls.crt'), key: join(mounted, 'tls.key') };
  const read = await readCertificate(files);
  if (!read.ok) throw new Error(read.reason);
  const { server, send } = await serving(read.certificate);
  const failures: string[] = [];
  const stop = watchCertificate(files, read.certificate, {
    changed: server.use,
    failed: (reason) => void failures.push(reason),
  });
  onTestFinished(stop);
  const before = await send('/healthz', { method: 'GET' });

  const next = selfSigned();
  await write({ 'tls.crt': next.cert, 'tls.key': pair.key });
  await expect.poll(() => failures, { timeout: 10_000 }).toHaveLength(1);
  expect(failures[0]).toMatch(/tls\.key are no certificate with its key in PEM: .*mismatch/);
  expect((await client(server.port, pair.cert, false).send('/healthz', { method: 'GET' })).fingerprint).toBe(
    before.fingerprint,
  );

  await write({ 'tls.crt': next.cert, 'tls.key': next.key });
  const fresh = () =>
    client(server.port, next.cert, false)
      .send('/healthz', { method: 'GET' })
      .catch(() => null);
  await expect.poll(async () => (await fresh())?.status, { timeout: 10_000 }).toBe(200);
  expect(await send('/healthz', { method: 'GET' })).toMatchObject({ fingerprint: before.fingerprint, reused: true });
  expect(failures).toHaveLength(1);
});

test('what is no certificate with its key is told, and nothing of the key', async () => {
  const made = folder();
  const files = writePair(made, pair);
  expect(await readCertificate(files)).toMatchObject({ ok: true, certificate: pair });
  writeFileSync(files.key, selfSigned().key);
  expect(await readCertificate(files)).toMatchObject({
    ok: false,
    missing: false,
    reason: expect.stringContaining('mismatch'),
  });
  writeFileSync(files.cert, pair.key);
  const wrong = await readCertificate({ cert: files.cert, key: files.cert });
  expect(wrong).toMatchObject({ ok: false, missing: false });
  expect(JSON.stringify(wrong)).not.toContain(pair.key.split('\n')[1]);
  const absent = { ...files, cert: join(made, 'none') };
  expect(await readCertificate(absent)).toMatchObject({
    ok: false,
    missing: true,
    reason: expect.stringContaining('--cert'),
  });
});

test('a port that is taken is told with its holder', async () => {
  const { server } = await serving();
  const second = await openWebhookServer({
    port: server.port,
    version: '1',
    certificate,
    metrics: () => noMetrics,
    judged: () => undefined,
  });
  expect(second).toMatchObject({
    ok: false,
    reason: expect.stringMatching(`port ${server.port} is taken by pid ${process.pid}`),
  });
});
