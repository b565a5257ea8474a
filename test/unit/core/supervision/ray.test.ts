import { expect, test } from 'vitest';

import { statusDocument } from '#core/report/status.ts';
import { waitLines } from '#core/report/waiting.ts';
import type { GcsJudgement } from '#upstream/ray/judge.ts';

import { after, as, done, kinds, says, seen, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import {
  agent,
  beat,
  both,
  causeOf,
  cluster,
  headed,
  leader,
  rayNode,
  said,
  serving,
  spawned,
  starts,
  told,
  worker,
} from '../../../world/drive-ray.ts';

test('the leader asks who holds its port before it starts a head', () => {
  const driven = leader();
  expect(driven.state.phase).toBe('assembling');
  expect(done(driven, 'askRay')).toEqual([
    { kind: 'askRay', epoch: 1, host: '10.0.0.1', port: 6379, question: 'clusterId' },
  ]);
  expect(starts(driven)).toEqual([]);
  expect(starts(said(driven, 10, { kind: 'refused' }))).toEqual(['ray-head']);
});

test.each<[string, GcsJudgement<'clusterId'>]>([
  ['another Ray head', { kind: 'answered', answer: cluster }],
  ['speaks Redis', { kind: 'not-ray', speaks: 'Redis' }],
  ['does not answer in time', { kind: 'hangs', while: 'answering' }],
])('a port that is taken (%s) is 71 before anything starts', (who, judgement) => {
  const driven = said(leader(), 10, judgement);
  expect(causeOf(driven)).toMatchObject({ kind: 'os', code: 71, message: expect.stringContaining(who) as string });
  expect(driven.state.phase).toBe('settling');
  expect(starts(driven)).toEqual([]);
});

test('the engine starts in the moment the last node is in with its GPUs, and not before', () => {
  let driven = beat(headed(), 140, '10.0.0.2');
  driven = told(driven, 150, [rayNode('10.0.0.1')]);
  expect(driven.state.phase).toBe('assembling');
  expect(waitLines(driven.state, 150)[0]).toContain('1 of 2 nodes are there; missing: rank 1 (node1, 10.0.0.2)');
  driven = told(tick(driven, 260), 270, both);
  expect(starts(driven)).toEqual(['engine']);
  expect(driven.state.phase).toBe('starting');
});

test('nodes are counted only when each member has said where its own is', () => {
  const driven = told(headed(), 150, both);
  expect(driven.state.phase).toBe('assembling');
  expect(waitLines(driven.state, 150)[0]).toContain('missing: rank 1 (node1)');
});

test('a surplus node does not hurt; a stranger in the place of a member does', () => {
  const stranger = rayNode('10.0.0.9');
  expect(told(beat(headed(), 140, '10.0.0.2'), 150, [...both, stranger]).state.phase).toBe('starting');
  const driven = told(beat(headed(), 140, '10.0.0.2'), 150, [rayNode('10.0.0.1'), stranger]);
  expect(driven.state.phase).toBe('assembling');
});

test('a node with fewer GPUs than planned is refused at once: it will not grow', () => {
  const driven = told(beat(headed(), 140, '10.0.0.2'), 150, [rayNode('10.0.0.1'), rayNode('10.0.0.2', { gpus: 0 })]);
  expect(causeOf(driven)).toMatchObject({
    kind: 'refused',
    code: 78,
    rank: 1,
    message: expect.stringContaining("Ray's node 10.0.0.2 (rank 1) has 0 GPUs, and 1 are planned") as string,
  });
  expect(kinds(driven)).toContain('signalProcess');
});

test('the head that dies while nodes are waited for ends all', () => {
  const driven = after(headed(), 200, { kind: 'childExited', epoch: 1, name: 'ray-head', code: 1, signal: null });
  expect(causeOf(driven)).toMatchObject({ kind: 'process-died', rank: 0, process: 'ray start --head', code: 1 });
});

test('nodes that never come are named when the deadline is over', () => {
  const waits = told(beat(headed(), 140, '10.0.0.2'), 150, [rayNode('10.0.0.1')]);
  const { deadlineMs } = as(waits, 'assembling');
  let driven = waits;
  for (let atMs = 200; atMs <= deadlineMs; atMs += 1_000) driven = beat(driven, atMs, '10.0.0.2');
  driven = tick(driven, deadlineMs);
  expect(causeOf(driven)).toMatchObject({ kind: 'gate-timeout', code: 69 });
  expect(causeOf(driven)?.message).toMatch(/ray-nodes deadline \(\w+\): 1 of 2 nodes are there; missing: rank 1/);
});

test('an agent asks nobody until its leader has named the cluster, and joins no other', () => {
  let driven = tick(worker(), 500);
  expect(done(driven, 'askRay')).toEqual([]);
  expect(waitLines(driven.state, 500)[0]).toContain("the leader's Ray head does not answer yet");
  driven = tick(beat(driven, 510, cluster), 620);
  const asked = after(driven, 630, { kind: 'signalReceived', signal: 'SIGCONT' });
  expect(asked.state.base.ray?.asking).toBe(true);
  const other = said(driven, 640, { kind: 'answered', answer: 'd'.repeat(56) });
  expect(starts(other)).toEqual([]);
  expect(waitLines(other.state, 640)[0]).toContain("is another cluster than the leader's");
  expect(starts(said(driven, 640, { kind: 'answered', answer: cluster }))).toEqual(['ray-agent']);
});

test.each<[GcsJudgement<'clusterId'>, RegExp]>([
  [{ kind: 'not-ray', speaks: 'HTTP/1' }, /it is not Ray but speaks HTTP\/1/],
  [{ kind: 'authentication', message: 'InvalidAuthToken' }, /its token is another one: InvalidAuthToken/],
])('an agent that finds %j does not wait for it to change', (judgement, message) => {
  const driven = said(tick(beat(worker(), 510, cluster), 620), 640, judgement);
  expect(causeOf(driven)).toMatchObject({ kind: 'refused', code: 78, rank: 1 });
  expect(causeOf(driven)?.message).toMatch(message);
});

test.each<[GcsJudgement<'clusterId'>, string]>([
  [{ kind: 'refused' }, 'connection refused'],
  [{ kind: 'unresolved', reason: 'name not resolved (ENOTFOUND)' }, 'name not resolved'],
  [{ kind: 'hangs', while: 'connecting' }, 'no connection in time'],
  [{ kind: 'half-answer', bytes: 3, reason: '3 bytes are missing' }, 'half an answer'],
])('an agent that finds %j asks again, and says so', (judgement, why) => {
  let driven = said(tick(beat(worker(), 510, cluster), 620), 640, judgement);
  expect(waitLines(driven.state, 640)[0]).toContain(`node0:6379: ${why}`);
  driven = tick(driven, 800);
  expect(driven.state.base.ray?.asking).toBe(true);
});

test('an agent of elastic expert parallelism waits until the engine of its leader is ready', () => {
  const waits = tick(beat(worker({ ...agent, joins: 'when-leader-ready' }), 510, cluster), 700);
  expect(waitLines(waits.state, 700)[0]).toContain("the leader's engine is not ready");
  const ready = tick(beat(waits, 710, cluster, true), 820);
  expect(starts(said(ready, 830, { kind: 'answered', answer: cluster }))).toEqual(['ray-agent']);
});

test('the heartbeats name the cluster and the place of each', () => {
  const beats = (driven: Driven) =>
    done(tick(driven, driven.state.base.group.nextBeatMs), 'sendFrame').flatMap(({ body }) =>
      body.kind === 'heartbeat' ? [body.ray ?? null] : [],
    );
  expect(beats(leader())).toEqual([null]);
  expect(beats(headed())).toEqual([cluster]);
  expect(beats(worker())).toEqual(['10.0.0.2']);
  expect(beats(worker({ ...agent, address: '192.168.0.2' }))).toEqual(['192.168.0.2']);
});

test('a head of another folder is a stranger, though it answers where ours should', () => {
  const at = (tempDir: string) => told(headed(), 140, [rayNode('10.0.0.1', { tempDir })]);
  const own = at(`/real/vllm-launch-${headed().state.base.self.incarnation.slice(0, 8)}`);
  expect(own.state.phase).toBe('assembling');
  expect(causeOf(at('/tmp/ray'))).toMatchObject({ kind: 'os', code: 71, rank: 0 });
  expect(causeOf(at('/tmp/ray'))?.message).toContain('another Ray head answers on port 6379, whose folder is /tmp/ray');
});

test("an agent's Ray process that dies beside a healthy `ray start` is a fault", () => {
  let driven = said(tick(beat(worker(), 510, cluster), 620), 640, { kind: 'answered', answer: cluster });
  driven = spawned(driven, 650, 'ray-agent', 100);
  const top = { pid: 100, startTicks: 7, ppid: 1, title: 'python ray start' };
  const raylet = { pid: 101, startTicks: 8, ppid: 100, title: '/x/ray/core/src/ray/raylet/raylet' };
  driven = after(driven, 700, seen(true, top, raylet));
  driven = after(driven, 780, seen(false, top));
  expect(causeOf(driven)).toMatchObject({ kind: 'process-died', rank: 1, process: raylet.title, pid: 101, code: 79 });
});

test("Ray's own lines are read for a death of Ray's alone", () => {
  const engine = after(serving(), 300, { kind: 'childExited', epoch: 1, name: 'engine', code: 1, signal: null });
  expect(done(engine, 'readTail')).toEqual([{ kind: 'readTail', epoch: 1, ray: null }]);
  const head = after(serving(), 300, { kind: 'childExited', epoch: 1, name: 'ray-head', code: 1, signal: null });
  expect(done(head, 'readTail')).toMatchObject([{ ray: { pid: 100 } }]);
});

test('the last lines are read in the folder that Ray was given, and it is removed last', () => {
  let driven = after(serving(), 300, { kind: 'childExited', epoch: 1, name: 'ray-head', code: 1, signal: null });
  const folder = done(driven, 'readTail')[0]?.ray?.folder ?? '';
  expect(folder).toMatch(/^\/tmp\/vllm-launch-\w+$/);
  driven = after(driven, 400, { kind: 'childExited', epoch: 1, name: 'engine', code: 0, signal: null });
  for (let atMs = 420; driven.state.phase === 'sweeping'; atMs += 20)
    driven = after(driven, atMs, { kind: 'treeSwept', epoch: 1, survivors: [] });
  driven = after(driven, 700, { kind: 'tailRead', epoch: 1, lines: [] });
  driven = tick(driven, 900);
  driven = driven.state.phase === 'ended' ? driven : after(driven, 5_000, { kind: 'linkClosed', link: 1, reason: 'x' });
  expect(driven.state.phase).toBe('ended');
});

test('two of an agent that are gone within one look are both named: no look can tell which went first', () => {
  let driven = said(tick(beat(worker(), 510, cluster), 620), 640, { kind: 'answered', answer: cluster });
  driven = spawned(driven, 650, 'ray-agent', 100);
  const top = { pid: 100, startTicks: 7, ppid: 1, title: 'python ray start' };
  const raylet = { pid: 101, startTicks: 8, ppid: 100, title: '/x/ray/core/src/ray/raylet/raylet' };
  const agents = ['ray::DashboardAgent', 'ray::RuntimeEnvAgent'].map((title, at) => ({
    ...raylet,
    pid: 102 + at,
    ppid: 101,
    title,
  }));
  driven = after(driven, 700, seen(true, top, raylet, ...agents));
  driven = after(driven, 780, seen(false, top, raylet));
  const both = 'ray::DashboardAgent (pid 102) and ray::RuntimeEnvAgent (pid 103) died';
  expect(causeOf(driven)).toMatchObject({
    process: 'ray::DashboardAgent',
    pid: 102,
    message: `rank 1 (node1): ${both}`,
  });
});

test('status shows the nodes of the cluster beside the members', () => {
  const { ray } = statusDocument(told(tick(serving(), 1_200), 1_210, both).state, 0);
  expect(ray).toEqual({
    address: 'node0:6379',
    means: 'wire',
    cluster,
    waiting: null,
    nodes: [
      { ip: '10.0.0.1', state: 'alive', gpus: 1 },
      { ip: '10.0.0.2', state: 'alive', gpus: 1 },
    ],
  });
  expect(statusDocument(leader().state, 0).ray).toMatchObject({ cluster: null, nodes: [], waiting: 'not asked yet' });
  expect(says(leader())).not.toContain('');
});
