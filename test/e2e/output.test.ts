// The engine's output passes untouched and can be told apart from ours; secrets stand in nothing that we keep.
import { createHash } from 'node:crypto';

import { afterAll, afterEach, expect, test } from 'vitest';

import { openBench } from './support/bench.ts';
import { messageAt, nothingLeft, openGroup, ask } from './support/group.ts';
import { until } from './support/outside.ts';
import { freePorts } from './support/ports.ts';
import { endAll, start } from './support/start.ts';

const bench = openBench();
afterEach(endAll);
afterAll(bench.remove);

const hundredMegabytes = 104_857_600;

test('100 MB of binary output pass byte for byte', async () => {
  const writer = `const crypto = require('node:crypto'), hash = crypto.createHash('sha256'); let left = ${hundredMegabytes};
    (function more() { while (left > 0) { const chunk = crypto.randomBytes(Math.min(left, 1 << 20)); left -= chunk.length; hash.update(chunk);
    if (!process.stdout.write(chunk)) return process.stdout.once('drain', more); } process.stderr.write(hash.digest('hex') + '\\n'); })();`;
  const run = start(['run', '--status-port', '0', '--podinfo', '/nonexistent', '--', process.execPath, '-e', writer]);
  expect((await run.ended()).code).toBe(0);
  const got = run.stdout();
  expect(got.length).toBe(hundredMegabytes);
  expect(run.stderr().split('\n')).toContain(createHash('sha256').update(got).digest('hex'));
});

test('a reader that goes away does not end the engine', async () => {
  const script = `process.stdout.on('error', () => {}); console.log('up'); setInterval(() => console.log('more'), 20); setTimeout(() => process.exit(5), 1500);`;
  const run = start(['run', '--status-port', '0', '--', process.execPath, '-e', script]);
  await until('it is up', () => run.stdout().includes('up'));
  run.dropOutput();
  expect((await run.ended()).code).toBe(5);
  expect(run.stderr()).toMatch(/nobody reads our output any more/);
});

type Line = {
  readonly level?: string;
  readonly name?: string;
  readonly rank?: number;
  readonly epoch?: number | null;
  readonly msg?: string;
  readonly termination?: string;
};

test("every line of ours is JSON with rank and epoch, the last one carries the termination message; the rest is the engine's", async () => {
  const group = await openGroup({ options: ['--rehearsal-fault', '1:die-after=3s', '--grace', '1s'] });
  expect(await group.codes()).toEqual([1, 1]);
  for (const [rank, member] of group.members.entries()) {
    const lines = member.stderr().trimEnd().split('\n');
    const ours = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
    for (const line of ours) expect(line).toMatchObject({ name: 'vllm-launch', rank, rehearsal: true });
    for (const line of ours) expect(line).toHaveProperty('epoch');
    expect(ours.at(-1)).toMatchObject({
      level: 'error',
      epoch: 1,
      msg: expect.stringContaining('ended with 1') as string,
    });
    expect(JSON.parse(ours.at(-1)?.termination ?? '')).toEqual(group.message(rank));
    expect(lines.at(-1)?.startsWith('{')).toBe(true);
    expect(lines.filter((line) => !line.startsWith('{')).join('\n')).toMatch(/^This is a rehearsal engine/);
    expect(member.stdout().toString()).not.toContain('vllm-launch');
  }
  expect(group.message(1)?.lastLines.join('\n')).toMatch(/rehearsal/);
});

test('a secret that the engine prints is in neither the termination message nor the status', async () => {
  const secret = 'hf_abcdefghijklmnop';
  bench.file('bin/vllm', '#!/bin/sh\necho "token is $HF_TOKEN"\nread line\nexit 3\n', 0o755);
  const port = await freePorts();
  const log = `${bench.folder}/secret.json`;
  const words = [
    'run',
    '--status-port',
    String(port),
    '--termination-log',
    log,
    '--journal',
    `${bench.folder}/journal`,
  ];
  const run = start([...words, '--', 'vllm', 'serve', 'm', '--api-key', secret], {
    env: { ...bench.env, HF_TOKEN: secret },
  });
  await until('it has said it', () => run.stdout().includes(secret));
  const status = await until('the status', () => ask(port, '/status'));
  expect(status.text).toContain('token is ********');
  expect(status.text).not.toContain(secret);
  run.signal('SIGUSR1');
  expect((await run.ended()).code).toBe(138);
  const message = messageAt(log);
  expect(message?.lastLines.join()).toContain('token is ********');
  expect(JSON.stringify(message)).not.toContain(secret);
  expect(run.stderr()).not.toContain(secret);
  await nothingLeft(run.folder);
});
