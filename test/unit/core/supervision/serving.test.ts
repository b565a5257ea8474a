// From the engine's start to ready, and what it says of itself then.
import { expect, test } from 'vitest';

import {
  after,
  answered,
  as,
  core,
  done,
  following,
  framed,
  gating,
  kinds,
  leadingReady,
  opened,
  ready,
  seen,
  spawned,
  started,
  tick,
  top,
  worker,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { causeOf } from '../../../world/drive-ray.ts';

const leaderBeats = (driven: Driven, atMs: number, isReady: boolean) =>
  after(driven, atMs, framed(9, 0, { kind: 'heartbeat', phase: 'x', ready: isReady, missing: [] }));
const asked = (driven: Driven) => done(driven, 'probeEngine');

test('a leader is ready when its engine answers 200, and asks each second then', () => {
  expect(as(after(started(), 100, answered(503)), 'starting').readiness).toMatchObject({
    probing: false,
    reason: 'HTTP 503',
  });
  expect(as(after(started(), 100, answered(null)), 'starting').readiness.reason).toBe('refused');
  expect(as(ready(), 'ready').readiness).toEqual({ probing: false, nextMs: 510, reason: null, failures: 0 });
  const next = tick(ready(), 510);
  expect(asked(next)).toEqual([
    { kind: 'probeEngine', epoch: 1, targets: [{ host: '127.0.0.1', port: 8_000, path: '/health' }] },
  ]);
  expect(as(next, 'ready').readiness).toMatchObject({ probing: true, nextMs: 1_510 });
});

test('all targets must answer, and an answer that never comes does not end the asking', () => {
  expect(after(started(), 100, answered(200, 404)).state.phase).toBe('starting');
  expect(as(started(), 'starting').readiness).toMatchObject({ probing: true, nextMs: 510 });
  expect(asked(tick(started(), 15_509))).toEqual([]);
  expect(asked(tick(started(), 15_510))).toHaveLength(1);
});

test('an engine that is not asked for anything is ready as soon as it runs', () => {
  const launched = after(opened({ rank: 0, size: 1, dns: false, readiness: [] }), 0, { kind: 'launchRequested' });
  expect(launched.state.phase).toBe('starting');
  const driven = after(launched, 10, spawned);
  expect(driven.state.phase).toBe('ready');
  expect(asked(tick(driven, 5_000))).toEqual([]);
});

test('a worker is ready with its leader, though nobody asks its engine', () => {
  expect(leaderBeats(following(), 100, false).state.phase).toBe('starting');
  const driven = tick(leaderBeats(following(), 100, true), 250);
  expect(driven.state.phase).toBe('ready');
  expect(after(driven, 260, { kind: 'linkClosed', link: 9, reason: 'x' }).state.phase).toBe('stopping');
});

test('a member that does not share its fate is ready by its own engine', () => {
  const launched = after(opened({ rank: 1, size: 2, dns: false, fate: 'apart', readiness: [] }), 0, {
    kind: 'launchRequested',
  });
  expect(after(launched, 10, spawned).state.phase).toBe('ready');
});

test('an engine that was ready and says 503 three times in a row is dead', () => {
  const twice = after(after(ready(), 600, answered(503)), 700, answered(503));
  expect(as(twice, 'ready').readiness).toMatchObject({ reason: 'HTTP 503', failures: 2 });
  const dead = after(twice, 800, answered(503));
  expect(causeOf(dead)).toMatchObject({
    kind: 'process-died',
    code: 79,
    rank: 0,
    host: 'node0',
    process: 'engine',
    seenBy: 0,
    message: 'rank 0 (node0): the engine says that it is dead (HTTP 503)',
  });
  expect(done(dead, 'readTail')).toHaveLength(1);
  expect(after(after(twice, 800, answered(200)), 900, answered(503)).state.phase).toBe('ready');
  expect(as(after(twice, 800, answered(500)), 'ready').readiness.failures).toBe(0);
});

test('503 means death of vLLM alone, and only after it was ready', () => {
  const thrice = (driven: Driven) => [700, 800, 900].reduce((one, atMs) => after(one, atMs, answered(503)), driven);
  expect(thrice(ready({ profile: 'dynamo' })).state.phase).toBe('ready');
  expect(thrice(started()).state.phase).toBe('starting');
});

test.each<[string, () => Driven, number, string]>([
  [
    'leader',
    () => after(started(), 100, answered(503)),
    60_000,
    'rank 0 (node0) cannot get ready within the startup deadline (1m): HTTP 503',
  ],
  [
    'leader that waits',
    started,
    60_000,
    'rank 0 (node0) cannot get ready within the startup deadline (1m): not asked yet',
  ],
])('a %s that is not ready by its deadline says why', (_, driven, atMs, message) => {
  const before = driven();
  expect(tick(before, atMs - 1).state.phase).toBe('starting');
  const over = tick(before, atMs);
  expect(causeOf(over)).toMatchObject({
    kind: 'startup-timeout',
    code: 80,
    rank: 0,
    host: 'node0',
    seenBy: 0,
    message,
  });
  expect(done(over, 'readTail')).toHaveLength(1);
});

test('who is ready has no deadline', () => {
  expect(tick(ready(), 120_000).state.phase).toBe('ready');
});

test('a worker waits a peer timeout longer than its leader', () => {
  expect(as(following(), 'starting').deadlineMs).toBe(65_005);
  expect(as(started(), 'starting').deadlineMs).toBe(60_000);
});

test('any other command than an engine may lose what it likes', () => {
  const driven = after(ready({ exits: 'passthrough' }), 200, seen(false, top));
  expect(driven.state.phase).toBe('ready');
  expect(as(driven, 'ready').engine.ledger.map(({ pid }) => pid)).toEqual([100]);
});

test('a process that is not the engine’s own may go', () => {
  const other = { ...worker, pid: 120, title: 'python3 -c tokenizer' };
  const driven = after(after(ready(), 150, seen(true, top, core, worker, other)), 200, seen(false, top, core, worker));
  expect(driven.state.phase).toBe('ready');
});

test('a quick look takes nothing in that it was not asked for', () => {
  const driven = after(ready(), 200, seen(false, top, core, worker, { ...worker, pid: 130 }));
  expect(as(driven, 'ready').engine.ledger.map(({ pid }) => pid)).toEqual([100, 101, 102]);
});

const wholeAfter = (driven: Driven, phase: 'starting' | 'ready') => {
  const { nextWholeMs } = as(driven, phase).engine;
  const looked = tick(after(driven, nextWholeMs, seen(false, top, core, worker)), nextWholeMs);
  return [done(looked, 'scanProcesses')[0]?.whole, as(looked, phase).engine.nextWholeMs - nextWholeMs];
};

test('the whole tree is looked at each 200 ms until ready, each second then', () => {
  const starting = tick(after(started(), 210, seen(false, top, core, worker)), 210);
  expect(done(starting, 'scanProcesses')).toMatchObject([{ whole: true, epoch: 1 }]);
  expect(as(starting, 'starting').engine).toMatchObject({ scanning: true, nextQuickMs: 290, nextWholeMs: 410 });
  expect(wholeAfter(ready(), 'ready')).toEqual([true, 1_000]);
});

test('any other command is looked at each second from its start', () => {
  expect(wholeAfter(started({ exits: 'passthrough' }), 'starting')).toEqual([true, 1_000]);
});

test('an engine that starts for more than ten minutes is looked at each second', () => {
  const slow = started({ deadlines: { startup: 7_200_000 } });
  const at = (atMs: number) => {
    const { state } = slow;
    const waits = as(slow, 'starting');
    const engine = { ...waits.engine, nextWholeMs: atMs, nextQuickMs: atMs, scanning: false };
    const later = { ...waits, engine, base: { ...state.base, nowMs: atMs } };
    return as(tick({ state: later, effects: [] }, atMs), 'starting').engine.nextWholeMs - atMs;
  };
  expect([at(600_000), at(600_001)]).toEqual([200, 1_000]);
});

test('a look that never comes back does not end the looking', () => {
  expect(as(tick(started(), 90), 'starting').engine).toMatchObject({ scanning: true, nextQuickMs: 170 });
  expect(kinds(tick(started(), 10_169))).not.toContain('scanProcesses');
  expect(done(tick(started(), 10_170), 'scanProcesses')).toMatchObject([{ whole: true }]);
});

test('an engine that cannot be spawned has ended', () => {
  const launched = after(opened({ rank: 0, size: 1, dns: false }), 0, { kind: 'launchRequested' });
  const failed = after(launched, 5, { kind: 'spawnFailed', epoch: 1, name: 'engine', why: 'os', reason: 'x' });
  expect(as(failed, 'sweeping').engine.children).toEqual([
    { name: 'engine', process: null, end: { code: null, signal: null, atMs: 5 } },
  ]);
  expect(done(failed, 'readTail')).toEqual([]);
});

test('with the top process gone within the same look its own exit is the cause', () => {
  const exited = after(gating({ size: 1, fate: 'alone' }), 10, spawned);
  const looked = after(exited, 20, seen(true, top, core));
  const ended = after(looked, 30, { kind: 'childExited', epoch: 1, name: 'engine', code: 3, signal: null });
  expect(causeOf(ended)).toMatchObject({ process: top.title, code: 3 });
});

test('a member is shown as ready to the others only while it is', () => {
  const readies = (driven: Driven) =>
    done(tick(driven, driven.state.base.group.nextBeatMs), 'sendFrame').flatMap(({ body }) =>
      body.kind === 'heartbeat' ? [[body.phase, body.ready]] : [],
    );
  expect(readies(leadingReady())).toEqual([['ready', true]]);
  expect(readies(after(leadingReady(), 200, answered(500)))).toEqual([['ready', false]]);
  expect(readies(following())).toEqual([['starting', false]]);
});
