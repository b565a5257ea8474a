import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttp1Server } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

import { expect, onTestFinished, test } from 'vitest';

import { secret } from '#core/secret.ts';
import { askGcs } from '#edge/ray/gcs.ts';
import type { AskGcs } from '#edge/ray/gcs.ts';
import { judgeGcsAnswer } from '#upstream/ray/judge.ts';

import { bytesOf, recorded, versions } from '../../unit/upstream/ray/recorded.ts';
import { http2, nobodyIsConnected, tcp } from './servers.ts';

const here = { host: '127.0.0.1', question: 'nodes', deadlineMs: 10_000 } as const;

const judged = async (port: number, asked: Partial<AskGcs> = {}) =>
  judgeGcsAnswer('nodes', await askGcs({ ...here, port, ...asked }));

/** Answers a stream with recorded bytes, as Ray's server did. */
function replay(stream: ServerHttp2Stream, version: string, name: string): void {
  const { headers, trailers, body } = recorded(version, name);
  if (body === '') {
    stream.respond(headers, { endStream: true });
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(bytesOf(body));
}

test.each(versions)('what Ray %s answered is read off the wire', async (version) => {
  const { port, server } = await http2((stream) => replay(stream, version, 'two nodes'));
  expect(await judged(port)).toMatchObject({ kind: 'answered', answer: [{ cpus: 1 }, { cpus: 1 }] });
  await nobodyIsConnected(server);
});

test('each question arrives as it was asked when it was recorded', async () => {
  const heard: unknown[] = [];
  const { port } = await http2((stream, headers) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => {
      heard.push([
        headers[':path'],
        Buffer.concat(chunks).subarray(5).toString('hex'),
        headers['te'],
        headers['content-type'],
      ]);
      replay(stream, '2.60.0', 'alive');
    });
  });
  const names = {
    nodes: 'one node',
    version: 'alive',
    clusterId: 'cluster id',
    metadata: 'metadata',
    health: 'health of the GCS',
  };
  for (const question of Object.keys(names) as (keyof typeof names)[]) await askGcs({ ...here, port, question });
  const expected = Object.values(names).map((name) => recorded('2.60.0', name));
  expect(heard).toEqual(expected.map(({ path, request }) => [path, request, 'trailers', 'application/grpc']));
});

test('the token goes with the question where there is one, and only there', async () => {
  const heard: unknown[] = [];
  const { port, server } = await http2((stream, { authorization }) => {
    heard.push(authorization);
    replay(stream, '2.60.0', authorization === 'Bearer right' ? 'with the token' : 'without the token');
  });
  expect(await judged(port, { token: secret('right') })).toMatchObject({ kind: 'answered' });
  expect(await judged(port, { token: secret('wrong') })).toMatchObject({ kind: 'authentication' });
  expect(await judged(port)).toEqual({
    kind: 'authentication',
    message: 'InvalidAuthToken: Authentication token is missing or incorrect',
  });
  expect(heard).toEqual(['Bearer right', 'Bearer wrong', undefined]);
  await nobodyIsConnected(server);
});

test('a token that cannot be sent is not, and not told either', async () => {
  const { port } = await http2((stream) => replay(stream, '2.60.0', 'with the token'));
  const answer = await askGcs({ ...here, port, token: secret('two\nlines') });
  expect(answer).toMatchObject({ kind: 'no-connection', reason: expect.stringMatching(/a token that/) as string });
  expect(JSON.stringify(answer)).not.toContain('lines');
});

test('nobody listens', async () => {
  const { port, server } = await tcp(() => undefined);
  await new Promise((resolve) => server.close(resolve));
  expect(await judged(port)).toEqual({ kind: 'refused' });
});

test('a name that is none, an address that is none', async () => {
  expect(await judged(1, { host: 'nowhere.invalid' })).toMatchObject({ kind: 'unresolved' });
  expect(await judged(1, { host: 'a b' })).toMatchObject({ kind: expect.stringMatching(/^un/) as string });
  expect(await judged(99_999)).toMatchObject({ kind: 'unreachable' });
});

test('no connection comes about in time', async () => {
  const child = spawn('python3', ['test/programs/never-accepts.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.stdin.end());
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(await judged(Number(line.toString()), { deadlineMs: 300 })).toEqual({ kind: 'hangs', while: 'connecting' });
});

const headOnly = (stream: ServerHttp2Stream): void => stream.respond(recorded('2.60.0', 'one node').headers);

test.each<readonly [string, () => ReturnType<typeof tcp>]>([
  ['says nothing', () => tcp((socket) => void socket.resume())],
  ['takes the question and says nothing', () => http2((stream) => void stream.resume())],
  ['begins and does not go on', () => http2(headOnly)],
])('a server that %s is given up at the deadline', async (_, start) => {
  const { port, server } = await start();
  const sinceMs = performance.now();
  expect(await judged(port, { deadlineMs: 300 })).toEqual({ kind: 'hangs', while: 'answering' });
  expect(performance.now() - sinceMs).toBeLessThan(1_500);
  expect(performance.now() - sinceMs).toBeGreaterThan(250);
  await nobodyIsConnected(server);
});

test('HTTP/1 is not Ray', async () => {
  const server = createHttp1Server((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  expect(await judged((server.address() as AddressInfo).port)).toEqual({ kind: 'not-ray', speaks: 'HTTP/1' });
  await nobodyIsConnected(server);
});

const onWords = (answer: string, after?: 'close') => (socket: Socket) =>
  socket.once('data', () => (after === 'close' ? socket.end(answer) : socket.write(answer)));

test.each([
  ['Redis', onWords("-ERR unknown command 'PRI', with args beginning with:\r\n")],
  ['Redis', onWords('-NOAUTH Authentication required.\r\n', 'close')],
  ['Redis', onWords('-ERR\r\n', 'close')],
  ['TLS', (socket: Socket) => socket.once('data', () => socket.end(Buffer.from('15030300020246', 'hex')))],
  ['SSH', (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')],
  ['"hello"', (socket: Socket) => socket.end('hello')],
  ['something that is not HTTP/2', (socket: Socket) => socket.write(Buffer.alloc(40, 0xff))],
])('%s is not Ray', async (speaks, speak) => {
  const { port, server } = await tcp(speak);
  expect(await judged(port)).toEqual({ kind: 'not-ray', speaks });
  await nobodyIsConnected(server);
});

test('a connection closed at once, or reset, is half an answer of no bytes', async () => {
  const closes = await tcp((socket) => socket.end());
  expect(await judged(closes.port)).toMatchObject({ kind: 'half-answer', bytes: 0 });
  const resets = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
  expect(await judged(resets.port)).toMatchObject({ kind: 'half-answer', bytes: 0 });
});

test.each<readonly [string, (stream: ServerHttp2Stream) => void]>([
  ['its connection', (stream) => stream.session?.destroy()],
  ['its stream', (stream) => stream.close(8)],
])('an answer cut by the end of %s is half an answer', async (_, cut) => {
  const { port, server } = await http2((stream) => {
    headOnly(stream);
    stream.write(bytesOf(recorded('2.60.0', 'one node').body).subarray(0, 200), () => cut(stream));
  });
  expect(await judged(port)).toMatchObject({ kind: 'half-answer', bytes: 200 });
  await nobodyIsConnected(server);
});

test('an answer that ends in order but without its status is half an answer', async () => {
  const { body } = recorded('2.60.0', 'one node');
  const { port } = await http2((stream) => {
    headOnly(stream);
    stream.end(bytesOf(body));
  });
  expect(await judged(port)).toMatchObject({ kind: 'half-answer', reason: 'no status at its end' });
});

test('a stream refused before its answer is half an answer, and nobody asks who it is', async () => {
  const { port, server } = await http2((stream) => stream.close(7));
  let connected = 0;
  server.on('connection', () => (connected += 1));
  expect(await judged(port)).toMatchObject({ kind: 'half-answer', bytes: 0 });
  expect(connected).toBe(1);
});

test('a server that hangs up and then turns out to speak HTTP/2 is no other protocol', async () => {
  let connected = 0;
  // An empty SETTINGS frame and its acknowledgement.
  const settings = Buffer.from('000000040000000000000000040100000000', 'hex');
  const { port } = await tcp((socket) => {
    connected += 1;
    if (connected === 1) socket.end();
    else socket.write(settings);
  });
  expect(await judged(port)).toMatchObject({ kind: 'half-answer', bytes: 0 });
  expect(connected).toBe(2);
});

test('HTTP/2 that is not gRPC is not Ray', async () => {
  const { port } = await http2((stream) => {
    stream.respond({ ':status': 404, 'content-type': 'text/html' });
    stream.end('<html>');
  });
  expect(await judged(port)).toEqual({ kind: 'not-ray', speaks: 'HTTP/2 without gRPC (status 404)' });
});

test('an answer without end is cut off at its limit, and the other side is not read any further', async () => {
  let written = 0;
  const { port, server } = await http2((stream) => {
    headOnly(stream);
    const pour = (): void => {
      while (!stream.destroyed && stream.write(Buffer.alloc(65_536))) written += 65_536;
    };
    stream.on('drain', pour);
    pour();
  });
  const judgement = await judged(port, { maxBytes: 1_000_000 });
  expect(judgement).toMatchObject({ kind: 'too-large' });
  expect('bytes' in judgement && judgement.bytes).toBeLessThan(1_200_000);
  await nobodyIsConnected(server);
  expect(written).toBeLessThan(8_000_000);
});

test('an answer of some MiB below its limit is read whole', async () => {
  const { headers, trailers, body } = recorded('2.60.0', 'two nodes');
  const list = bytesOf(body).subarray(5);
  const message = Buffer.concat(Array.from({ length: 3_000 }, () => list));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  const { port } = await http2((stream) => {
    stream.respond(headers, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end(Buffer.concat([prefix, message]));
  });
  const judgement = await judged(port);
  expect(judgement.kind === 'answered' ? judgement.answer.length : judgement).toBe(6_000);
});

test('a head without end is given up', async () => {
  const { port, server } = await http2((stream) => {
    const more = (): void => {
      if (!stream.destroyed) stream.additionalHeaders({ ':status': 103, link: 'x'.repeat(1_000) });
      if (!stream.destroyed) setImmediate(more);
    };
    more();
  });
  expect((await judged(port, { deadlineMs: 1_000 })).kind).toMatch(/^(hangs|half-answer)$/);
  await nobodyIsConnected(server);
});

test('a hundred questions at once leave nothing behind', async () => {
  const { port, server } = await http2((stream) => replay(stream, '2.60.0', 'two nodes'));
  const answers = await Promise.all(Array.from({ length: 100 }, () => judged(port)));
  expect(answers.every(({ kind }) => kind === 'answered')).toBe(true);
  await nobodyIsConnected(server);
});

test('no timer outlives its question', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const { port } = await http2((stream) => replay(stream, '2.60.0', 'two nodes'));
  const { port: other } = await tcp(onWords('-ERR unknown command\r\n', 'close'));
  const before = timers();
  for (let count = 0; count < 20; count += 1) await Promise.all([judged(port), judged(other)]);
  // A timer of Node's or of the runner may come and go meanwhile; ours would be twenty.
  expect(timers() - before).toBeLessThan(5);
});
