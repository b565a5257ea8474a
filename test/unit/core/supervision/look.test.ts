import { expect, test } from 'vitest';

import { look } from '#core/supervision/scan.ts';

import { after, anyCause, as, framed, seen, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { agent, beat, both, causeOf, cluster, headed, said, spawned, told, worker } from '../../../world/drive-ray.ts';

const head = { pid: 100, startTicks: 7, ppid: 1, title: 'ray start --head' };
const raylet = { pid: 101, startTicks: 8, ppid: 100, title: '/x/ray/core/src/ray/raylet/raylet' };
const engine = { pid: 200, startTicks: 7, ppid: 1, title: 'vllm serve model' };

/** The leader whose engine is spawned while it looks at its head. */
function spawnedInLook(): Driven {
  let driven = after(told(beat(headed(), 140, '10.0.0.2'), 150, both), 160, seen(true, head, raylet));
  driven = tick(driven, as(driven, 'starting').engine.nextQuickMs);
  expect(as(driven, 'starting').engine.scanning).toBe(true);
  return spawned(driven, driven.state.base.nowMs + 1, 'engine', 200);
}

const topsOf = (driven: Driven) =>
  as(driven, 'starting')
    .engine.ledger.filter(({ top }) => top)
    .map(({ pid }) => pid);
const soon = ({ state }: Driven) => state.base.nowMs + 1;

test('an engine that is spawned during a look is not forgotten by it', () => {
  let driven = spawnedInLook();
  driven = after(driven, soon(driven), seen(false, head, raylet));
  expect(topsOf(driven)).toEqual([100, 200]);
  driven = after(driven, soon(driven), seen(true, head, raylet, engine));
  expect(topsOf(driven)).toEqual([100, 200]);
});

test('what died during such a look is noticed by the next', () => {
  let driven = spawnedInLook();
  driven = after(driven, soon(driven), seen(false, head));
  expect(causeOf(driven)).toBeUndefined();
  driven = after(driven, soon(driven), seen(false, head, engine));
  expect(causeOf(driven)).toMatchObject({ kind: 'process-died', process: raylet.title, pid: 101 });
});

test('a process that a look misses before its exit is told is named by its title', () => {
  let driven = spawnedInLook();
  driven = after(driven, soon(driven), seen(true, head, raylet, engine));
  driven = after(driven, soon(driven), seen(false, head, raylet));
  expect(causeOf(driven)).toBeUndefined();
  driven = after(driven, soon(driven), { kind: 'childExited', epoch: 1, name: 'engine', code: 3, signal: null });
  expect(causeOf(driven)).toMatchObject({ kind: 'process-died', process: engine.title, pid: 200, code: 3 });
});

test('an agent that is ready at once is looked at as one that still grows', () => {
  const waits = tick(beat(worker({ ...agent, joins: 'when-leader-ready' }), 510, cluster, true), 620);
  let driven = spawned(said(waits, 630, { kind: 'answered', answer: cluster }), 640, 'ray-agent', 100);
  expect(driven.state.phase).toBe('ready');
  driven = tick(driven, as(driven, 'ready').engine.nextWholeMs);
  expect(as(driven, 'ready').engine.nextWholeMs - driven.state.base.nowMs).toBe(200);
  const { spawnedMs } = as(driven, 'ready').engine;
  const wholeMs = (atMs: number) => {
    const running = { ...as(driven, 'ready').engine, scanning: false, nextQuickMs: atMs, nextWholeMs: atMs };
    return look({ ...driven.state.base, nowMs: atMs }, running).engine.nextWholeMs - atMs;
  };
  expect([wholeMs(spawnedMs + 10_000), wholeMs(spawnedMs + 10_001)]).toEqual([200, 1_000]);
});

test('with a top process gone within the same look, its own exit was the cause', () => {
  const below = { pid: 201, startTicks: 8, ppid: 200, title: 'VLLM::EngineCore' };
  let driven = spawnedInLook();
  driven = after(driven, soon(driven), seen(true, head, raylet, engine));
  driven = tick(driven, as(driven, 'starting').engine.nextWholeMs);
  driven = after(driven, soon(driven), seen(true, head, raylet, engine, below));
  driven = after(driven, soon(driven), framed(1, 1, { kind: 'report', cause: anyCause, ageMs: 0 }));
  driven = after(driven, soon(driven), { kind: 'childExited', epoch: 1, name: 'engine', code: 0, signal: null });
  expect(as(driven, 'stopping').judgesUntilMs).toBeGreaterThan(soon(driven));
  driven = after(driven, soon(driven), seen(true, head, raylet));
  expect(driven.state.base.verdict?.candidates).toHaveLength(1);
  driven = after(driven, soon(driven), seen(true, head));
  expect(driven.state.base.verdict?.candidates.map(({ cause }) => cause.process)).toContain(raylet.title);
});
