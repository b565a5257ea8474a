// What our processes do while they are told to stop, or are about to be.
import { expect, test } from 'vitest';

import {
  after,
  anyCause,
  as,
  core,
  done,
  following,
  framed,
  kinds,
  leading,
  leadingReady,
  ready,
  saidOn,
  seen,
  started,
  tick,
  top,
  worker,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { causeOf, serving, spawned as spawnedAs } from '../../../world/drive-ray.ts';
import type { PlanWish } from '../../../world/plan.ts';

const term = { kind: 'signalReceived', signal: 'SIGTERM' } as const;
const ended = { kind: 'childExited', epoch: 1, name: 'engine', code: 3, signal: null } as const;
const failed = { kind: 'spawnFailed', epoch: 1, name: 'engine', why: 'os', reason: 'x' } as const;
const told = (driven: Driven) => done(driven, 'signalProcess').map(({ process, signal }) => `${signal} ${process.pid}`);

/** Asked to stop at 200 ms, and the engine not told yet. */
const workerDrains = (wish: Partial<PlanWish> = {}) => after(following(wish), 200, term);
const leaderDrains = (wish: Partial<PlanWish> = {}) => after(leadingReady({ drainDelayMs: 2_000, ...wish }), 200, term);
const leaderStops = () => after(leadingReady(), 200, term);

test('a worker’s engine that ends before it is told to is reported: its leader drains in vain', () => {
  const driven = after(workerDrains(), 230, ended);
  expect(as(driven, 'sweeping')).toMatchObject({ mode: 'asked', base: { verdict: null }, killAtMs: 2_230 });
  expect(as(driven, 'sweeping').engine.children).toEqual([
    { name: 'engine', process: { pid: 100, startTicks: 7 }, end: { code: 3, signal: null, atMs: 230 } },
  ]);
  const cause = { kind: 'process-died', rank: 1, code: 3, message: 'rank 1 (node1): vllm serve model ended with 3' };
  expect(saidOn(driven, 9)).toMatchObject([{ kind: 'report', cause, ageMs: 0 }]);
});

test('a leader’s engine that ends before it is told to gives the others their turn', () => {
  const driven = after(leaderDrains(), 230, ended);
  expect(as(driven, 'sweeping')).toMatchObject({ mode: 'asked', base: { verdict: null } });
  expect(saidOn(driven, 1)).toEqual([{ kind: 'drained' }]);
});

test.each<[string, () => Driven, string[]]>([
  ['before it is told to', () => after(leading(), 200, term), ['drained']],
  ['as it is told to', leaderStops, ['drained']],
])('a leader’s engine that ends %s leaves nothing but the sweep', (_, driven, said) => {
  const over = after(driven(), 230, ended);
  expect(saidOn(over, 1).map(({ kind }) => kind)).toEqual(said);
  expect(over.state).toMatchObject({ phase: 'sweeping', mode: 'asked' });
  expect(done(over, 'sweepTree')).toMatchObject([{ signal: 'SIGTERM' }]);
  expect(as(over, 'sweeping').engine.children[0]?.end).toEqual({ code: 3, signal: null, atMs: 230 });
});

test('the others’ turn comes once: after its time it is not told again', () => {
  const wish = { deadlines: { drain: 1_000 } };
  const drained = tick(after(leadingReady(wish), 200, term), 1_200);
  expect(saidOn(drained, 1)).toEqual([{ kind: 'drained' }]);
  expect(saidOn(after(drained, 1_300, ended), 1)).toEqual([]);
});

/** The leader whose engine is not spawned yet when all are asked to stop. */
const unspawned = (rank: 0 | 1): Driven => {
  const before = rank === 0 ? leading() : following();
  const { state } = before;
  const waits = as(before, 'starting');
  const engine = { ...waits.engine, children: [{ name: 'engine', process: null, end: null } as const], ledger: [] };
  return after({ state: { ...waits, engine }, effects: [] }, state.base.nowMs + 5, term);
};

test('an engine that is spawned while its node drains is not told before its turn', () => {
  const driven = spawnedAs(unspawned(1), 40, 'engine', 100);
  expect(as(driven, 'draining').engine.children).toEqual([
    { name: 'engine', process: { pid: 100, startTicks: 7 }, end: null },
  ]);
  expect(kinds(driven)).toEqual([]);
});

test('an engine that is spawned after its turn is told at once', () => {
  const driven = spawnedAs(unspawned(0), 40, 'engine', 100);
  expect(driven.state.phase).toBe('stopping');
  expect(told(driven)).toEqual(['SIGTERM 100']);
});

test.each<[string, 0 | 1]>([
  ['stops', 0],
  ['drains', 1],
])('an engine that cannot be spawned while its node %s has ended', (_, rank) => {
  const driven = after(unspawned(rank), 40, failed);
  expect(as(driven, 'sweeping')).toMatchObject({ mode: 'asked', base: { verdict: null } });
  expect(as(driven, 'sweeping').engine.children[0]?.end).toEqual({ code: null, signal: null, atMs: 40 });
  expect(saidOn(driven, 9)).toEqual([]);
});

test.each<[string, () => Driven, object]>([
  ['worker', workerDrains, [{ kind: 'report', cause: { process: core.title, pid: 101, code: 79 }, ageMs: 0 }]],
  ['leader', leaderDrains, []],
])('a %s that drains and loses a process of its engine drains no longer', (role, driven, said) => {
  const before = after(driven(), 210, seen(true, top, core, worker));
  expect(before.state.phase).toBe('draining');
  const over = after(before, 230, seen(false, top, worker));
  expect(told(over)).toEqual(['SIGTERM 100']);
  expect(over.state).toMatchObject({ phase: 'stopping', mode: 'asked', base: { verdict: null } });
  expect(saidOn(over, role === 'worker' ? 9 : 1)).toMatchObject(said);
  expect(as(over, 'stopping').engine).toMatchObject({ scanning: false, ledger: [{ pid: 100 }, { pid: 102 }] });
});

test('a look that finds all there changes nothing but what is known', () => {
  const before = after(workerDrains(), 210, seen(true, top, worker));
  expect(before.effects).toEqual([]);
  expect(as(before, 'draining').engine).toMatchObject({ scanning: false, ledger: [{ pid: 100 }, { pid: 102 }] });
});

test('any other command than an engine may lose what it likes while it drains', () => {
  const drains = after(ready({ exits: 'passthrough', drainDelayMs: 2_000 }), 200, term);
  const over = after(drains, 230, seen(false, top));
  expect(as(over, 'draining').engine.ledger).toMatchObject([{ pid: 100 }]);
  expect(over.effects).toEqual([]);
});

/** The leader of two that heard of its worker's death at 200 ms. */
const heard = () => after(leadingReady(), 200, framed(1, 1, { kind: 'report', cause: anyCause, ageMs: 0 }));

test('a process that is gone at the first look after the news of another’s death may have died first', () => {
  expect(as(heard(), 'stopping').judgesUntilMs).toBe(300);
  const looked = after(heard(), 299, seen(false, top));
  expect(looked.state.base.verdict?.candidates.map(({ cause }) => cause.process)).toEqual([
    anyCause.process,
    core.title,
  ]);
  expect(looked.state.base.verdict).toMatchObject({ tail: 'awaited', cause: anyCause });
  expect(done(looked, 'readTail')).toHaveLength(1);
});

test('two that are gone at that look are both named', () => {
  const dp = { ...core, pid: 111, title: 'VLLM::EngineCore_DP1' };
  const before = after(leadingReady(), 150, seen(true, top, core, dp, worker));
  const news = after(before, 200, framed(1, 1, { kind: 'report', cause: anyCause, ageMs: 0 }));
  const looked = after(news, 250, seen(false, top));
  expect(looked.state.base.verdict?.candidates[1]?.cause.message).toBe(
    'rank 0 (node0): VLLM::EngineCore (pid 101) and VLLM::EngineCore_DP1 (pid 111) died',
  );
});

test.each<[string, () => Driven, number]>([
  ['once SIGTERM can have worked', heard, 300],
  ['after the first of our own', () => after(heard(), 240, seen(false, top, worker)), 250],
  ['in a stop that was asked for', leaderStops, 210],
])('%s what is gone has stopped and is no cause', (_, driven, atMs) => {
  const before = driven();
  const looked = after(before, atMs, seen(false, top));
  expect(looked.state.base.verdict?.candidates).toEqual(before.state.base.verdict?.candidates);
  expect(looked.effects).toEqual([]);
  expect(as(looked, 'stopping').engine).toMatchObject({ scanning: false, ledger: [{ pid: 100 }] });
});

test('a worker that heard of a death and finds another at home reports it', () => {
  const cause = { ...anyCause, rank: 0, host: 'node0', seenBy: 0 };
  const stop = framed(9, 0, { kind: 'stop', mode: 'fault', cause, ageMs: 0 });
  const looked = after(after(following(), 200, stop), 250, seen(false, top));
  expect(saidOn(looked, 9)).toMatchObject([{ kind: 'report', cause: { rank: 1, process: worker.title }, ageMs: 0 }]);
});

const head = { ...ended, name: 'ray-head' } as const;

test('a head that ends while all drain takes the engine with it', () => {
  const driven = after(after(serving(), 300, term), 400, head);
  expect(done(driven, 'sendFrame')).toEqual([]);
  expect(as(driven, 'stopping').engine.children.map(({ end }) => end !== null)).toEqual([true, false]);
  const over = after(driven, 500, ended);
  expect(done(over, 'sendFrame').map(({ body }) => body.kind)).toEqual(['drained']);
  expect(over.state.phase).toBe('sweeping');
});

test('after a fault the head does not wait for its agents, and nobody is told of a turn', () => {
  const lost = after(serving(), 300, { kind: 'linkClosed', link: 1, reason: 'end' });
  const driven = after(lost, 400, ended);
  expect(as(driven, 'stopping')).toMatchObject({ mode: 'fault', restAtMs: Infinity });
  expect(driven.effects).toEqual([]);
});

test('a head that is spawned after a fault is told at once', () => {
  const lost = after(serving(), 300, { kind: 'linkClosed', link: 1, reason: 'end' });
  expect(causeOf(lost)).toMatchObject({ kind: 'peer-lost' });
  expect(told(spawnedAs(lost, 310, 'ray-head', 100))).toEqual(['SIGTERM 100']);
  expect(told(spawnedAs(lost, 310, 'engine', 200))).toEqual(['SIGTERM 200']);
});

test('a single node that stops as asked before it is ready sweeps when its engine has ended', () => {
  expect(after(after(started(), 200, term), 210, ended).state).toMatchObject({ phase: 'sweeping', mode: 'asked' });
});
