// Each thing that `check` names, broken on purpose: its line and the exit status, as text and as JSON.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';

import type { CheckDocument } from '#core/check/report.ts';

import { openBench } from './support/bench.ts';
import { freePorts } from './support/ports.ts';
import { bin, endAll, start } from './support/start.ts';

const bench = openBench();
const open: Server[] = [];
afterEach(() => {
  endAll();
  for (const server of open.splice(0)) server.close();
});
afterAll(bench.remove);

type Env = Readonly<Record<string, string>>;
type Checked = { readonly code: number | null; readonly stdout: string };

/** Runs check, maybe through another program; a test's own environment beside the bench's. */
async function check(words: readonly string[], env: Env = {}, through: readonly string[] = []): Promise<Checked> {
  const [program = '', ...rest] = [...through, process.execPath, bin, 'check', ...words];
  const child = spawn(program, rest, {
    env: { ...bench.env, HOME: bench.folder, ...env },
    cwd: bench.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout };
}

/** Checks twice; the text has the line, and the document says the same with the same exit status. */
async function expectLine(line: string, code: number, given: Parameters<typeof check>): Promise<void> {
  const [words, ...more] = given;
  const [text, json] = [await check(words, ...more), await check(['--json', ...words], ...more)];
  expect(text.stdout).toContain(line);
  const { lines, ...document } = JSON.parse(json.stdout) as CheckDocument;
  expect([text.code, json.code, document.code]).toEqual([code, code, code]);
  const [mark, said] = [line.slice(0, 4).trim(), line.slice(6)];
  const level = ({ ok: 'ok', warn: 'warning', FAIL: 'refused' } as Readonly<Record<string, string>>)[mark];
  const same = lines.find(({ message, hint }) => `${message}${hint === null ? '' : `; ${hint}`}`.startsWith(said));
  expect(same?.level).toBe(level);
  expect((same?.code ?? null) === null).toBe(level !== 'refused');
}

async function hold(server: Server, port = 0, host = '0.0.0.0'): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => {
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

// Of a net for documents (RFC 5737): nobody is there.
const elsewhere = '198.51.100.1';

const off = ['--status-port', '0'];
const vllm = (port: number, ...words: readonly string[]) => [
  '--',
  'vllm',
  'serve',
  'm',
  '--port',
  String(port),
  ...words,
];

test('where all is well each line is ok or a warning, the exit status is 0 and nothing was started', async () => {
  const base = await freePorts();
  const { code, stdout } = await check(['--status-port', String(base), ...vllm(base + 1)], {
    HF_TOKEN: 'hf_0123456789',
  });
  expect({ code, stdout }).toMatchObject({ code: 0 });
  for (const line of [
    `port ${base} (status) is free`,
    `port ${base + 1} (engine) is free`,
    'there is a token (HF_TOKEN)',
  ])
    expect(stdout).toContain(line);
  expect(stdout).not.toMatch(/FAIL|hf_0123456789/);
  expect(stdout).toMatch(/^run would start/m);
  expect(bench.ran(bench.folder)).toBe(false);
});

test('a port of the engine that is taken is refused, with its holder', async () => {
  const port = await hold(createServer());
  const given = [...off, ...vllm(port)];
  await expectLine(`FAIL  port ${port} (engine) is taken by`, 71, [given]);
  expect((await check(given)).stdout).toContain(`(pid ${process.pid}); stop it or give --port`);
});

test('a taken group port is refused, a taken status port is not', async () => {
  const port = await hold(createServer());
  const two = ['--nnodes', '2', '--node-rank', '1', '--leader', elsewhere, '--gpus-per-node', '1'];
  const base = await freePorts();
  const words = vllm(base, '-tp', '2');
  await expectLine(`FAIL  port ${port} (group) is taken by`, 71, [
    [...off, ...two, '--group-port', String(port), ...words],
  ]);
  const status = [...two, '--status-port', String(port), '--group-port', String(base + 1), ...words];
  await expectLine(`warn  port ${port} (status) is taken by`, 0, [status]);
});

test('a port that two would bind is refused', async () => {
  const base = await freePorts();
  const two = ['--nnodes', '2', '--node-rank', '0', '--leader', elsewhere, '--gpus-per-node', '1'];
  const given = [
    ...off,
    ...two,
    '--group-port',
    String(base),
    '--master-port',
    String(base + 1),
    ...vllm(base, '-tp', '2'),
  ];
  await expectLine(`FAIL  cannot use port ${base} twice`, 78, [given]);
});

test('a name of the leader that does not resolve is refused, that of a member is not', async () => {
  const base = await freePorts();
  const ports = [...off, '--group-port', String(base), '--gpus-per-node', '1'];
  const unknown = [
    ...ports,
    '--nnodes',
    '2',
    '--node-rank',
    '1',
    '--leader',
    'nobody.invalid',
    ...vllm(base + 1, '-tp', '2'),
  ];
  await expectLine("FAIL  the leader's name nobody.invalid does not resolve: name not resolved", 69, [unknown]);
  const hosts = ['--hosts', `${elsewhere},nobody.invalid`, '--node-rank', '0', '--master-port', String(base + 2)];
  const member = [...ports, ...hosts, ...vllm(base + 1, '-tp', '2')];
  await expectLine('warn  of the name of one member beside the leader 1 cannot be resolved here: nobody.invalid', 0, [
    member,
  ]);
});

test('a program that is not there is refused', async () => {
  await expectLine('FAIL  cannot run "no-such-engine": no such program', 127, [[...off, '--', 'no-such-engine', 'x']]);
});

test('a model that is not on this node is refused', async () => {
  const base = await freePorts();
  const words = ['--', 'vllm', 'serve', join(bench.folder, 'none'), '--port', String(base)];
  await expectLine('FAIL  cannot find the model', 78, [[...off, ...words]]);
  const offline = { HF_HUB_OFFLINE: '1' };
  await expectLine('FAIL  model "m" is not in', 78, [[...off, ...vllm(base)], offline]);
  await expectLine('warn  model "m" is not in', 0, [[...off, ...vllm(base)]]);
  mkdirSync(join(bench.folder, 'hub', 'models--m', 'snapshots', 'abc'), { recursive: true });
  await expectLine('ok    model "m" is in', 0, [[...off, ...vllm(base)], { ...offline, HF_HOME: bench.folder }]);
});

test('etcd and NATS that nobody listens for are refused, and are fine once somebody does', async () => {
  const base = await freePorts();
  const env = {
    DYN_SYSTEM_PORT: String(base),
    ETCD_ENDPOINTS: `http://127.0.0.1:${base + 1}`,
    NATS_SERVER: `nats://u:secret@127.0.0.1:${base + 2}`,
  };
  const given = [...off, '--', 'python3', '-m', 'dynamo.vllm', '--model', 'm', '--event-plane', 'nats'];
  bench.file('bin/python3', '#!/bin/sh\n', 0o755);
  await expectLine(
    `FAIL  etcd is not reachable at 127.0.0.1:${base + 1} (refused); start it or correct ETCD_ENDPOINTS`,
    69,
    [given, env],
  );
  await hold(createServer(), base + 1);
  await expectLine(`FAIL  nats is not reachable at 127.0.0.1:${base + 2} (refused)`, 69, [given, env]);
  await hold(createServer(), base + 2);
  await expectLine(`ok    nats is reachable at 127.0.0.1:${base + 2}`, 0, [given, env]);
  expect((await check(given, env)).stdout).not.toContain('secret');
});

test('a service that lets a connection hang costs its bound and no more', async () => {
  const base = await freePorts();
  const deaf = spawn('python3', ['test/programs/never-accepts.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void deaf.stdin.end());
  const [line] = (await once(deaf.stdout, 'data')) as [Buffer];
  const at = `127.0.0.1:${line.toString().trim()}`;
  const env = { DYN_SYSTEM_PORT: String(base), ETCD_ENDPOINTS: at };
  bench.file('bin/python3', '#!/bin/sh\n', 0o755);
  const begun = performance.now();
  const { code, stdout } = await check([...off, '--', 'python3', '-m', 'dynamo.vllm', '--model', 'm'], env);
  expect({ code, stdout }).toMatchObject({ code: 69 });
  expect(stdout).toContain(`FAIL  etcd is not reachable at ${at} (timeout); start it or correct ETCD_ENDPOINTS`);
  expect(performance.now() - begun).toBeLessThan(20_000);
});

test('limits that are too low are warned of', async () => {
  const base = await freePorts();
  const through = ['prlimit', '--nofile=1000:1000', '--memlock=65536:65536'];
  const given = [...off, ...vllm(base)];
  await expectLine('warn  open files (nofile) are limited to 1000, vLLM asks for 65535; raise it', 0, [
    given,
    {},
    through,
  ]);
});

const [outer] = Object.values(networkInterfaces()).flatMap((all) =>
  (all ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
);

test.skipIf(outer === undefined)("a clock that is far from the leader's is warned of", async () => {
  const far = createHttpServer((_, response) => {
    response.setHeader('Date', 'Mon, 01 Jan 2024 00:00:00 GMT');
    response.end('ok');
  });
  const port = await hold(far, 0, outer);
  const base = await freePorts();
  const two = ['--nnodes', '2', '--node-rank', '1', '--leader', outer ?? '', '--gpus-per-node', '1'];
  const ports = ['--status-port', String(port), '--group-port', String(base)];
  await expectLine("warn  this node's clock is", 0, [[...two, ...ports, ...vllm(base + 1, '-tp', '2')]]);
});

const mounts = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

/** Words that run a program where something else is mounted. */
const mounted = (script: string) => ['unshare', '-m', 'sh', '-c', `${script} && exec "$@"`, 'sh'];

test.skipIf(!mounts)('/dev/shm that is small is warned of, one with no room at all is refused', async () => {
  const base = await freePorts();
  const given = [...off, '--gpus-per-node', '2', ...vllm(base, '-tp', '2')];
  const shm = (size: string) => mounted(`mount -t tmpfs -o size=${size} tmpfs /dev/shm`);
  await expectLine('warn  /dev/shm has 16 MiB free, up to 640 MiB may be needed', 0, [given, {}, shm('16m')]);
  await expectLine('FAIL  /dev/shm has 0 MiB free, up to 640 MiB may be needed', 71, [given, {}, shm('64k')]);
});

test.skipIf(!mounts)('a cache that cannot be written is refused', async () => {
  const base = await freePorts();
  const folder = join(bench.folder, 'readonly');
  mkdirSync(folder);
  const through = mounted(`mount -t tmpfs -o ro tmpfs ${folder}`);
  const env = { HF_HOME: join(folder, 'hf') };
  await expectLine('FAIL  model "m" is not in', 74, [[...off, ...vllm(base)], env, through]);
});

test('run waits for etcd before it starts the engine, and says who is not reachable', async () => {
  const base = await freePorts();
  const env = { ...bench.env, DYN_SYSTEM_PORT: String(base), ETCD_ENDPOINTS: `127.0.0.1:${base + 1}` };
  bench.file('bin/python3', '#!/bin/sh\n: > ran\nexec sleep 60\n', 0o755);
  const words = ['--', 'python3', '-m', 'dynamo.vllm', '--model', 'm'];
  const never = start(['run', ...off, '--dns-timeout', '1500ms', ...words], { env });
  expect((await never.ended()).code).toBe(69);
  expect(never.stderr()).toContain(`etcd at 127.0.0.1:${base + 1} is not reachable (refused) within the dns deadline`);
  expect(bench.ran(never.folder)).toBe(false);

  const later = start(['run', ...off, ...words], { env });
  await expect.poll(later.stderr, { timeout: 20_000 }).toContain('phase reaching');
  expect(bench.ran(later.folder)).toBe(false);
  await hold(createServer(), base + 1);
  await expect.poll(() => bench.ran(later.folder), { timeout: 20_000 }).toBe(true);
  later.signal('SIGTERM');
  await later.ended();
});
