// The webhook as a process: what it refuses to start with, its log, a renewed certificate, its end.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';

import { afterEach, expect, test } from 'vitest';

import { client } from '../process/webhook/client.ts';
import { selfSigned, writePair } from '../process/webhook/self-signed.ts';
import { alpha, backendKey, review } from '../unit/core/webhook/ask.ts';

import { endAll, finish, newFolder, start } from './support/start.ts';
import { startWebhook } from './support/webhook.ts';

afterEach(endAll);

const folder = newFolder;
const create = JSON.stringify(review('CREATE', alpha()));

const pairIn = (place: string) => writePair(place, selfSigned());

test.each([
  [
    'no certificate',
    () => ['--cert', '/nowhere/tls.crt'],
    78,
    'cannot serve HTTPS: --cert /nowhere/tls.crt: not there',
  ],
  ['no key', () => ['--key', '/nowhere/tls.key'], 78, 'cannot serve HTTPS: --key /nowhere/tls.key: not there'],
  ["somebody else's key", () => ['--key', pairIn(folder()).key], 65, 'are no certificate with its key in PEM'],
  ['a version that is none', () => ['--operator-version', 'latest'], 64, 'cannot use --operator-version "latest"'],
  ['an empty version', () => ['--operator-version', ''], 64, 'operator-version'],
])('with %s it does not start', async (_, words, code, says) => {
  const { cert, key } = pairIn(folder());
  const good = ['--cert', cert, '--key', key, '--operator-version', '1.0.0', '--https-port', '0'];
  const replaced = words();
  const kept = good.flatMap((word, index) =>
    index % 2 === 0 && word !== replaced[0] ? [word, good[index + 1] ?? ''] : [],
  );
  const end = await finish(['webhook', ...kept, ...replaced]);
  expect([end.code, end.stdout]).toEqual([code, '']);
  expect(end.stderr).toContain(says);
  expect(end.stderr).not.toContain('PRIVATE');
});

test('a port that is taken is 71, with its holder', async () => {
  const { port, pid, files } = await startWebhook('1.0.0');
  const words = ['--cert', files.cert, '--key', files.key, '--operator-version', '1.0.0', '--https-port', String(port)];
  const end = await finish(['webhook', ...words]);
  expect(end.code).toBe(71);
  expect(end.stderr).toContain(`cannot listen: port ${port} is taken by pid ${pid}`);
});

test('variables name what options name, and those that a Service injects are none of them', async () => {
  const { cert, key } = pairIn(folder());
  const env = {
    VLLM_LAUNCH_CERT: cert,
    VLLM_LAUNCH_KEY: key,
    VLLM_LAUNCH_OPERATOR_VERSION: '1.0.0',
    VLLM_LAUNCH_HTTPS_PORT: '0',
    VLLM_LAUNCH_WEBHOOK_PORT: 'tcp://10.0.0.1:443',
    VLLM_LAUNCH_WEBHOOK_SERVICE_HOST: '10.0.0.1',
  };
  const started = start(['webhook'], { env });
  await expect.poll(started.stderr, { timeout: 20_000 }).toContain('stamps 1.0.0');
  started.signal('SIGINT');
  expect((await started.ended()).code).toBe(0);
});

test('what was stamped and what was refused is logged in a line each, and of too much only how much', async () => {
  const { send, stderr, close, signal, ended } = await startWebhook('1.0.0');
  await send('/mutate', { body: create });
  await send('/validate', { body: JSON.stringify(review('CREATE', alpha({ [backendKey]: 'pm' }))) });
  await expect
    .poll(stderr)
    .toMatch(/"info".*mutate: patched: CREATE ns\/d"[^]*"warn".*validate: denied: cannot accept/);
  for (let count = 0; count < 200; count += 1) await send('/mutate', { body: '{' });
  const lines = stderr()
    .split('\n')
    .filter((line) => line.includes('refused')).length;
  expect(lines).toBeLessThan(60);
  expect((await send('/metrics', { method: 'GET' })).body).toContain('operation="unknown",result="refused"} 200\n');
  close();
  signal('SIGTERM');
  expect(await ended()).toEqual({ code: 0, signal: null });
});

test('a renewed certificate is served without a restart, one that does not fit is said and not used', async () => {
  const { files, port, ca, stderr } = await startWebhook('1.0.0');
  const look = (trusted: string) => client(port, trusted, false).send('/healthz', { method: 'GET' });
  const next = selfSigned();
  writeFileSync(files.key, next.key);
  await expect.poll(stderr, { timeout: 20_000 }).toContain('cannot read the certificate again');
  expect((await look(ca)).status).toBe(200);
  writeFileSync(files.cert, next.cert);
  await expect.poll(stderr, { timeout: 20_000 }).toContain('certificate read again, valid until');
  expect((await look(next.cert)).status).toBe(200);
  await expect(look(ca)).rejects.toThrow(/certificate/);
  expect((await client(port, next.cert).send('/metrics', { method: 'GET' })).body).toMatch(
    /reloads_total\{result="ok"\} 1\n.*result="failed"\} 1\n/,
  );
});

test('SIGTERM finishes what is in flight and ends with 0; a second one does not wait for that', async () => {
  for (const finishes of [true, false]) {
    const { port, ca, stderr, signal, ended } = await startWebhook('1.0.0');
    const busy = connect({ host: 'localhost', port, ca }).on('error', () => undefined);
    let said = '';
    busy.on('data', (chunk: Buffer) => (said += chunk.toString()));
    busy.write(
      `POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(create)}\r\n\r\n${create.slice(0, 9)}`,
    );
    await expect
      .poll(() =>
        client(port, ca)
          .send('/metrics', { method: 'GET' })
          .then(({ body }) => body),
      )
      .toContain('in_flight 2\n');
    signal('SIGTERM');
    await expect.poll(stderr).toContain('SIGTERM: stops listening and finishes 1 requests');
    if (finishes) busy.write(create.slice(9));
    else signal('SIGTERM');
    expect(await ended(5_000)).toEqual({ code: 0, signal: null });
    await expect.poll(() => said.includes('"allowed":true')).toBe(finishes);
  }
});

test('the launcher itself loads nothing of it', async () => {
  const trace = join(folder(), 'plan');
  const { code } = await finish(['plan', '--', 'true'], {
    env: { NODE_V8_COVERAGE: trace },
  });
  expect(code).toBe(0);
  const loaded = readdirSync(trace)
    .map((name) => readFileSync(join(trace, name), 'utf8'))
    .join('');
  expect(loaded).toContain('dist/plan.js');
  expect(loaded).not.toMatch(/dist\/(webhook|tools)\.js/);
});
