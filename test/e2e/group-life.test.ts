// A group of rehearsals: started together, watched on every node, stopped in order, and nothing left.
import { readFileSync } from 'node:fs';

import { afterEach, expect, test } from 'vitest';

import { readStatus } from '#core/report/schema.ts';

import { openGroup, nothingLeft } from './support/group.ts';
import type { Group } from './support/group.ts';
import { stateOf, until } from './support/outside.ts';
import { endAll, finish, start } from './support/start.ts';
import { freePorts } from './support/ports.ts';

afterEach(endAll);

const statusOf = async (group: Group, rank: number) => {
  const read = readStatus(JSON.parse((await group.get(rank, '/status'))?.text ?? 'null'));
  if (!read.ok) throw new Error(read.reason);
  return read.document;
};

test('no engine starts before all are in; then all are ready, show the same group, and leave with 0 when one is asked', async () => {
  const group = await openGroup({ ranks: [0] });
  const leader = await until('the leader waits', async () => {
    const status = (await group.get(0, '/status'))?.text;
    return status === undefined ? null : (JSON.parse(status) as { phase: string; waiting: { missing: number[] }[] });
  });
  expect(leader).toMatchObject({ phase: 'joining', waiting: [{ gate: 'group', missing: [1] }] });
  for (const path of ['/readyz', '/startupz']) expect(await group.get(0, path)).toMatchObject({ status: 503 });
  expect(await group.get(0, '/livez')).toMatchObject({ status: 200 });
  expect(group.engines()).toEqual([]);
  expect(group.message(0)).toMatchObject({ phase: 'joining', code: null, cause: null });

  group.launch(1);
  await group.ready();
  const seen = [await statusOf(group, 0), await statusOf(group, 1)];
  for (const [rank, status] of seen.entries()) {
    for (const path of ['/livez', '/readyz', '/startupz'])
      expect(await group.get(rank, path)).toMatchObject({ status: 200 });
    expect(status).toMatchObject({
      phase: 'ready',
      ready: true,
      cause: null,
      rehearsal: true,
      identity: { rank, size: 2, source: 'local' },
    });
    expect(status.epoch).toEqual(seen[0]?.epoch);
    expect(status.decision).toMatchObject({ outcome: 'mp', executor: 'mp', rule: 'default' });
    expect(status.engine.pids.length).toBeGreaterThan(0);
    expect(group.message(rank)).toMatchObject({ phase: 'ready', code: null });
  }
  await until('the leader hears that the worker is ready', async () =>
    (await statusOf(group, 0)).members.every(({ ready }) => ready),
  );
  const headless = group.engines().filter(({ words }) => words.includes('--headless'));
  expect(headless.map(({ words }) => words[words.indexOf('--node-rank') + 1])).toEqual(['1']);

  group.members[0]?.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
  await group.nothingLeft();
  for (const message of group.messages())
    expect(message).toMatchObject({ phase: 'ended', code: 0, name: 'stopped', cause: { kind: 'asked' } });
});

test('a worker that is asked takes the whole group with it, and the leader drains first', async () => {
  const group = await openGroup({ options: ['--rehearsal-fault', '0:drain=1500ms'] });
  await group.ready();
  const worker = topOf(group, 1);
  const leader = topOf(group, 0);
  group.members[1]?.signal('SIGTERM');
  await until('the leader drains', () => group.members[0]?.stdout().includes('shutdown triggered'));
  while (isThere(leader)) {
    expect(isThere(worker)).toBe(true);
    expect(group.members[1]?.stdout().includes('Executor: waiting for worker exit')).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await group.codes()).toEqual([0, 0]);
  await group.nothingLeft();
  expect(group.message(1)).toMatchObject({
    code: 0,
    cause: { kind: 'asked', message: expect.stringContaining('SIGTERM') as string },
  });
  expect(group.message(0)).toMatchObject({
    code: 0,
    cause: { kind: 'asked', message: expect.stringContaining('rank 1') as string },
  });
});

const topOf = (group: Group, rank: number): number => {
  const top = group.engines(rank).find(({ words }) => words.includes('--node-rank'));
  if (top === undefined) throw new Error(`rank ${rank} has no engine: ${JSON.stringify(group.engines())}`);
  return top.pid;
};

const isThere = (pid: number): boolean => !['Z', null].includes(stateOf(pid));

test('all may be asked at once', async () => {
  const group = await openGroup();
  await group.ready();
  for (const member of group.members) member.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
  await group.nothingLeft();
});

test('a second SIGTERM cuts the draining short', async () => {
  const group = await openGroup({ options: ['--rehearsal-fault', '0:drain=50s', '--grace', '70s'] });
  await group.ready();
  group.members[0]?.signal('SIGTERM');
  await until('the engine drains', () => group.members[0]?.stdout().includes('shutdown triggered'));
  const begun = performance.now();
  group.members[0]?.signal('SIGTERM');
  expect(await group.codes(25_000)).toEqual([137, expect.any(Number)]);
  expect(performance.now() - begun).toBeLessThan(20_000);
  await group.nothingLeft();
  expect(group.message(0)).toMatchObject({ code: 137, name: 'stop-forced', cause: { kind: 'stop-forced' } });
});

test('asked before it is ready, a group waits for nobody', async () => {
  const group = await openGroup({ ranks: [1] });
  await until('the worker waits', async () => (await group.get(1, '/status')) !== null);
  group.members[1]?.signal('SIGTERM');
  expect((await group.members[1]?.ended())?.code).toBe(0);
  await group.nothingLeft();
});

test('a launcher that is stopped for three seconds and goes on is no death', async () => {
  const group = await openGroup();
  await group.ready();
  group.members[1]?.signal('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  group.members[1]?.signal('SIGCONT');
  await until(
    'both ready again',
    async () => (await group.get(0, '/readyz'))?.status === 200 && (await group.get(1, '/readyz'))?.status === 200,
  );
  expect(group.messages().map((message) => message?.phase)).toEqual(['ready', 'ready']);
  group.members[0]?.signal('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  group.members[0]?.signal('SIGCONT');
  await until(
    'both ready still',
    async () => (await group.get(0, '/readyz'))?.status === 200 && (await group.get(1, '/readyz'))?.status === 200,
  );
  group.members[0]?.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
  await group.nothingLeft();
});

test('a launcher that comes again after the group has stopped waits for the next start, and joins it', async () => {
  const group = await openGroup();
  await group.ready();
  const first = await statusOf(group, 0);
  group.members[1]?.signal('SIGKILL');
  expect((await group.members[0]?.ended())?.code).toBe(75);
  const orphans = group.engines();
  for (const { pid } of orphans) process.kill(pid, 'SIGKILL'); // their launcher had no last word: what a container's end does
  group.launch(1);
  await until('the worker waits', async () => (await statusOf(group, 1).catch(() => null))?.phase === 'joining');
  group.launch(0);
  await group.ready();
  const second = await statusOf(group, 1);
  expect(second.epoch?.leader).not.toBe(first.epoch?.leader);
  group.members[0]?.signal('SIGTERM');
  expect(await group.codes()).toEqual([0, 0]);
  await group.nothingLeft();
});

test('with --no-group the launchers know nothing of each other, and the engines still meet', async () => {
  const group = await openGroup({ options: ['--no-group'] });
  await group.ready();
  expect((await statusOf(group, 0)).members.map(({ rank }) => rank)).toEqual([0]);
  const listening = readFileSync('/proc/net/tcp', 'utf8') + readFileSync('/proc/net/tcp6', 'utf8');
  expect(listening).not.toMatch(
    new RegExp(`:${group.ports.group(0).toString(16).toUpperCase().padStart(4, '0')} .* 0A `),
  );
  group.members[0]?.signal('SIGTERM');
  expect((await group.members[0]?.ended())?.code).toBe(0);
  group.members[1]?.signal('SIGTERM');
  await group.members[1]?.ended();
  await group.nothingLeft();
});

test('replicas run apart: one dies, the other serves on', async () => {
  const group = await openGroup({
    wordsOf: (rank) => ['vllm', 'serve', 'tiny', '--port', String(20_000 + rank)],
    ranks: [],
    local: false,
  });
  const { engine } = group.ports;
  const wordsOf = (rank: number) => ['vllm', 'serve', 'tiny', '--port', String(engine - rank)];
  for (const rank of [0, 1]) group.launch(rank, { wordsOf });
  await group.ready();
  expect((await statusOf(group, 1)).decision).toMatchObject({ outcome: 'replicas', rule: 'not-needed' });
  process.kill(group.engines().find(({ words }) => words.includes(String(engine)))?.pid ?? 0, 'SIGKILL');
  expect((await group.members[0]?.ended())?.code).toBe(137);
  expect(group.message(0)).toMatchObject({
    code: 137,
    decidedBy: 'engine',
    cause: { kind: 'process-died', signal: 'SIGKILL' },
  });
  expect(await group.get(1, '/readyz')).toMatchObject({ status: 200 });
  group.members[1]?.signal('SIGTERM');
  expect((await group.members[1]?.ended())?.code).toBe(0);
  await group.nothingLeft();
});

const localWords = (base: number, ...more: readonly string[]) => [
  ...['local', '-n', '2', '--rehearse', '--gpus-per-node', '1', '--master-port', String(base + 15)],
  ...['--status-port', String(base), '--group-port', String(base + 1), ...more],
  ...['--', 'vllm', 'serve', 'tiny', '-tp', '2', '--port', String(base + 14)],
];

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'local runs a whole group with its output prefixed, and %s ends it with 0',
  async (signal) => {
    const local = start(localWords(await freePorts()));
    await until(
      () => `ready: ${local.stderr()}`,
      () => (local.stderr().match(/"msg":"phase ready"/g) ?? []).length === 2,
    );
    local.signal(signal);
    expect((await local.ended()).code).toBe(0);
    await nothingLeft(local.folder);
    const lines = `${local.stdout().toString()}${local.stderr()}`.trimEnd().split('\n');
    expect(lines.filter((line) => !/^\[[01]\] /.test(line))).toEqual([]);
  },
);

test('local leaves with the code of the group, and refuses what its launchers refuse', async () => {
  const base = await freePorts();
  const died = await finish(localWords(base, '--rehearsal-fault', '1:die-at-start', '--grace', '1s'));
  expect(died.code, died.stderr).toBe(1);
  await nothingLeft(died.folder);
  const refused = await finish(localWords(base, '--rehearsal-fault', 'nonsense'));
  expect(refused.code).toBe(64);
  expect(refused.stderr).toMatch(/\[0\] vllm-launch: cannot use --rehearsal-fault "nonsense"/);
  await nothingLeft(refused.folder);
});
