// The words of causes as people read them: an exit, a vanished process, a command that could not be started, a lost member.
import { expect, test } from 'vitest';

import {
  after,
  core,
  done,
  framed,
  leadingReady,
  opened,
  ready,
  seen,
  spawned,
  tick,
  top,
  worker,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { causeOf } from '../../../world/drive-ray.ts';
import type { PlanWish } from '../../../world/plan.ts';

const ended = (code: number | null, signal: string | null) =>
  ({ kind: 'childExited', epoch: 1, name: 'engine', code, signal }) as const;
const words = 'rank 0 (node0): vllm serve model';
const engine = { kind: 'process-died', decidedBy: 'engine' };
const launcher = { kind: 'process-died', decidedBy: 'launcher' };

test.each<[string, Partial<PlanWish>, number | null, string | null, object]>([
  ['its own code', {}, 3, null, { ...engine, code: 3, message: `${words} ended with 3` }],
  ['a signal', {}, null, 'SIGKILL', { ...engine, code: 137, message: `${words} died by SIGKILL` }],
  ['a signal of no number', {}, null, 'SIGNONE', { ...engine, code: 128, message: `${words} died by SIGNONE` }],
  ['0, unasked', {}, 0, null, { ...launcher, code: 79, message: `${words} ended with 0 and nobody asked it to` }],
  ['nothing said', {}, null, null, { code: 79, message: `${words} ended with null and nobody asked it to` }],
  ['0, any command', { exits: 'passthrough' }, 0, null, { ...engine, code: 0, message: `${words} ended with 0` }],
  ['7, any command', { exits: 'passthrough' }, 7, null, { ...engine, code: 7, message: `${words} ended with 7` }],
  ['15, any command', { exits: 'passthrough' }, null, 'SIGTERM', { code: 143, message: `${words} died by SIGTERM` }],
])('an engine that ends with %s says how', (_, wish, code, signal, cause) => {
  const driven = after(ready(wish), 200, ended(code, signal));
  const more = { rank: 0, host: 'node0', process: top.title, pid: 100, exitCode: code, signal, seenBy: 0 };
  expect(causeOf(driven)).toMatchObject({ ...more, ...cause });
});

const launched = () => after(opened({ rank: 0, size: 1, dns: false }), 0, { kind: 'launchRequested' });
/** A single node whose first look found these. */
const found = (...alive: (typeof top)[]) => after(after(launched(), 10, spawned), 20, seen(true, ...alive));

test('an engine whose end comes before the word of its start is named as in the plan', () => {
  const driven = after(launched(), 5, ended(1, null));
  expect(causeOf(driven)).toMatchObject({
    process: 'engine',
    pid: null,
    message: 'rank 0 (node0): engine ended with 1',
  });
});

test.each([
  [80, 'x'.repeat(80)],
  [81, `${'x'.repeat(77)}...`],
])('of a title of %i characters no more than 80 are said', (length, said) => {
  const title = 'x'.repeat(length);
  const driven = after(found({ ...top, title }), 200, ended(3, null));
  expect(causeOf(driven)).toMatchObject({ process: title, message: `rank 0 (node0): ${said} ended with 3` });
});

test.each([
  [1, 'VLLM::EngineCore_DP0 (pid 101)'],
  [2, 'VLLM::EngineCore_DP0 (pid 101) and VLLM::EngineCore_DP1 (pid 102)'],
  [5, 'VLLM::EngineCore_DP0 (pid 101) and VLLM::EngineCore_DP1 (pid 102) and VLLM::EngineCore_DP2 (pid 103)'],
])('of %i that are gone within one look no more than three are named', (count, names) => {
  const cores = [...Array.from({ length: count }).keys()].map((rank) => ({
    pid: 101 + rank,
    startTicks: 8,
    ppid: 100,
    title: `VLLM::EngineCore_DP${rank}`,
  }));
  const driven = after(found(top, ...cores), 200, seen(false, top));
  const { title, pid } = { ...cores[0] };
  const more = { code: 79, rank: 0, host: 'node0', process: title, pid, seenBy: 0 };
  expect(causeOf(driven)).toMatchObject({ ...launcher, ...more, message: `rank 0 (node0): ${names} died` });
});

test('who is blamed by last lines alone is named alone', () => {
  const driven = after(after(ready(), 200, ended(1, null)), 220, {
    kind: 'tailRead',
    epoch: 1,
    lines: ['vllm.v1.engine.exceptions.EngineDeadError: x'],
  });
  expect(causeOf(driven)?.message).toBe('rank 0 (node0): VLLM::EngineCore (pid 101) died');
});

test.each([
  ['not-found', 127],
  ['not-executable', 126],
  ['os', 71],
] as const)('a command that cannot be started (%s) ends all with %i', (why, code) => {
  const reason = 'cannot start vllm: no such file';
  const driven = after(launched(), 5, { kind: 'spawnFailed', epoch: 1, name: 'engine', why, reason });
  expect(causeOf(driven)).toMatchObject({
    kind: 'spawn-failed',
    code,
    rank: 0,
    host: 'node0',
    seenBy: 0,
    decidedBy: 'launcher',
    message: `rank 0 (node0): ${reason}`,
  });
  expect(driven.state.phase).toBe('sweeping');
});

const beat = (driven: Driven, atMs: number) =>
  after(driven, atMs, framed(1, 1, { kind: 'heartbeat', phase: 'ready', ready: true, missing: [] }));
/** The leader whose worker was last heard at 200 ms, with the answers of its address until it is lost. */
const silent = (answer: 'reachable' | 'unreachable', untilMs: number): Driven => {
  let driven = beat(leadingReady(), 200);
  for (let atMs = 1_700; atMs < untilMs; atMs += 100)
    driven = after(driven, atMs, { kind: 'peerProbed', rank: 1, answer });
  return tick(driven, untilMs);
};
const leaving = (code: number | null) => framed(1, 1, { kind: 'leaving', code });

test.each<[string, () => Driven, string, number]>([
  [
    'that closes its connection',
    () => after(leadingReady(), 300, { kind: 'linkClosed', link: 1, reason: 'end' }),
    'its launcher closed the connection without a word',
    300,
  ],
  [
    'whose address refuses',
    () => after(tick(beat(leadingReady(), 200), 1_700), 1_710, { kind: 'peerProbed', rank: 1, answer: 'refused' }),
    'its launcher is gone (connection refused)',
    1_710,
  ],
  ['that cannot be reached', () => silent('unreachable', 5_200), 'it cannot be reached (silent for 5.0 s)', 200],
  ['that is wedged', () => silent('reachable', 20_200), 'it is reachable but silent for 20.0 s', 200],
  ['that left with 3', () => after(leadingReady(), 300, leaving(3)), 'its launcher left with 3', 300],
  ['that left', () => after(leadingReady(), 300, leaving(null)), 'its launcher left with no code', 300],
])('a member %s is lost since it was last heard', (_, driven, how, happenedMs) => {
  const lost = driven();
  expect(causeOf(lost)).toMatchObject({
    kind: 'peer-lost',
    code: 75,
    rank: 1,
    host: 'node1',
    seenBy: 0,
    message: `rank 1 (node1) is lost: ${how}`,
  });
  expect(lost.state.base.verdict?.happenedMs).toBe(happenedMs);
  expect(done(lost, 'signalProcess')).toHaveLength(1);
});

test('a member that left with 0 was asked to stop, and so are we', () => {
  const driven = after(leadingReady({ drainDelayMs: 1_000 }), 300, leaving(0));
  expect(driven.state).toMatchObject({
    phase: 'draining',
    base: { asked: { by: 'rank 1', atMs: 300 }, verdict: null },
  });
});

test('an engine core that died with its worker is the one that is named', () => {
  expect(causeOf(after(found(top, core, worker), 200, seen(false, top)))?.pid).toBe(101);
});
