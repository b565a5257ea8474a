import { chmodSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import type { ServerHttp2Stream } from 'node:http2';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { askRay } from '#edge/ray/ask.ts';
import { isUnknown } from '#upstream/ray/judge.ts';

import { put, tempDir } from '../facts/temp-dir.ts';
import { http2 } from './servers.ts';

const own = { HOME: '/nonexistent', PATH: process.env['PATH'] ?? '' };
const { signal: never } = new AbortController();
const asked = { kind: 'askRay', epoch: 1, host: '127.0.0.1' } as const;
const grpc = { ':status': 200, 'content-type': 'application/grpc' } as const;

const error = (stream: ServerHttp2Stream, status: number): void =>
  stream.respond({ ...grpc, 'grpc-status': String(status), 'grpc-message': 'unknown%20method' }, { endStream: true });

/** Answers with a message in one frame. */
function message(stream: ServerHttp2Stream, hex: string): void {
  const body = Buffer.from(hex, 'hex');
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(body.length, 1);
  stream.respond(grpc, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(Buffer.concat([frame, body]));
}

// Field 1 is the status, field 2 the answer.
const newer: readonly (readonly [string, (stream: ServerHttp2Stream) => void, string])[] = [
  ['a method that is gone', (stream) => error(stream, 12), 'grpc-error'],
  ['an id of another length', (stream) => message(stream, '0a001204aabbccdd'), 'unreadable'],
  ['an answer in another field', (stream) => message(stream, '0a001a04aabbccdd'), 'unreadable'],
  ['a node in another layout', (stream) => message(stream, '0a00120401020304'), 'unreadable'],
  ['a refusal of its own', (stream) => message(stream, '0a05080a120141'), 'gcs-error'],
  ['more than anybody can want', (stream) => message(stream, '00'.repeat(5_000_000)), 'too-large'],
];

test.each(newer)('a GCS with %s is one that we do not know, and its health is still told', async (_, answer, kind) => {
  const { port } = await http2((stream, { ':path': path }) =>
    path === '/grpc.health.v1.Health/Check' ? message(stream, '0801') : answer(stream),
  );
  for (const question of ['clusterId', 'nodes'] as const) {
    const { judgement } = await askRay({ ...asked, port, question }, own, never);
    expect([question, judgement.kind]).toEqual([question, kind]);
    expect(isUnknown(judgement as never)).toBe(true);
  }
  expect(await askRay({ ...asked, port, question: 'health' }, own, never)).toEqual({
    question: 'health',
    judgement: { kind: 'answered', answer: 'serving' },
  });
});

test('a GCS that is busy for a moment is none of them', async () => {
  const { port } = await http2((stream) => error(stream, 14));
  const { judgement } = await askRay({ ...asked, port, question: 'clusterId' }, own, never);
  expect([judgement.kind, isUnknown(judgement as never)]).toEqual(['grpc-error', false]);
});

const spec = (argv: readonly string[], set: Readonly<Record<string, string>> = {}) => ({
  kind: 'askRay' as const,
  epoch: 1,
  question: 'status' as const,
  spec: { argv, env: { set, unset: ['GONE'] } },
});

const ask = async (argv: readonly string[], set: Readonly<Record<string, string>> = {}, over = never) =>
  (await askRay(spec(argv, set), { ...own, GONE: 'x', VLLM_LAUNCH_NNODES: '2' }, over)).judgement;

const node = (script: string): readonly string[] => [process.execPath, '-e', script];

test('`ray status` is run with the words and the environment of the head', async () => {
  const folder = await tempDir();
  const nodes = join(folder, 'nodes');
  await mkdir(nodes);
  await put(join(nodes, '1'), '1');
  await put(join(nodes, '2'), '1');
  const ray = join(folder, 'ray');
  copyFileSync('test/programs/newer-ray.js', ray);
  chmodSync(ray, 0o755);
  expect(await ask([ray, 'status', '--address=10.0.0.1:6379'], { NEWER_RAY: nodes })).toEqual({
    kind: 'answered',
    answer: { nodes: 2, gpus: 2 },
  });
  expect(readFileSync(join(nodes, '.asked'), 'utf8')).toMatch(/^\d+ --address=10\.0\.0\.1:6379$/);
  const seen = 'const { GONE, VLLM_LAUNCH_NNODES, OWN } = process.env; throw [GONE, VLLM_LAUNCH_NNODES, OWN].join()';
  expect(await ask(node(seen), { OWN: 'set' })).toMatchObject({ reason: expect.stringContaining('code 1') as string });
  const print =
    'console.error([process.env.GONE, process.env.VLLM_LAUNCH_NNODES, process.env.OWN].join()); process.exit(3)';
  expect(await ask(node(print), { OWN: 'set' })).toEqual({ kind: 'unreadable', reason: 'exit code 3: ,,set' });
});

test.each([
  ['that is not there', ['/none/such'], 'ENOENT'],
  ['that is killed', node('process.kill(process.pid, "SIGKILL")'), 'SIGKILL'],
  [
    'that prints without end',
    node('setInterval(() => process.stdout.write("x".repeat(60000)), 1)'),
    'it prints more than 262144 bytes',
  ],
  [
    'that complains without end',
    node('setInterval(() => process.stderr.write("x".repeat(60000)), 1)'),
    /^it prints more than 262144 bytes: x+$/,
  ],
  ['that prints something else', node('console.log("hello")'), 'no "Active:"'],
  ['with a word that none can be', ['ray', 'a\0b'], 'ERR_INVALID_ARG_VALUE'],
])('a program %s is a reason', async (_, argv, reason) => {
  const judgement = await ask(argv);
  expect(judgement).toMatchObject({ kind: 'unreadable', reason: expect.stringMatching(reason) as string });
  expect(JSON.stringify(judgement).length).toBeLessThan(400);
});

test('what it says last is told on one line, and no secret with it', async () => {
  const script = 'console.error("first\\nsecret: " + process.env.RAY_AUTH_TOKEN + "\\u001b[31m"); process.exit(1)';
  expect(await ask(node(script), { RAY_AUTH_TOKEN: 'nobody-may-see' })).toEqual({
    kind: 'unreadable',
    reason: 'exit code 1: secret: ********?[31m',
  });
});

test('a question that is called off is gone at once, with what the program started', async () => {
  const folder = await tempDir();
  const pids = join(folder, 'pids');
  const script = `
    process.on('SIGTERM', () => undefined);
    const { spawn } = require('node:child_process');
    const child = spawn('sleep', ['600'], { stdio: 'inherit' });
    require('node:fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid);
    setInterval(() => undefined, 1000);`;
  const over = new AbortController();
  const judgement = ask(node(script), {}, over.signal);
  await expect.poll(() => existsSync(pids) && readFileSync(pids, 'utf8').split(' ').length).toBe(2);
  const sinceMs = performance.now();
  over.abort();
  expect(await judgement).toEqual({ kind: 'unreadable', reason: 'it was called off' });
  expect(performance.now() - sinceMs).toBeLessThan(500);
  const alive = () =>
    readFileSync(pids, 'utf8')
      .split(' ')
      .filter((pid) => isAlive(Number(pid)));
  await expect.poll(alive, { timeout: 5_000 }).toEqual([]);
  expect(await ask(node('console.log(1)'), {}, AbortSignal.abort())).toMatchObject({ reason: 'it was called off' });
});

/** Whether a process runs; a zombie does not. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false; // it is gone
  }
}
