import { expect, test } from 'vitest';

import { step } from '#core/supervision/step.ts';

import { after, as, done, framed, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { beat, both, causeOf, headed, leader, said, serving, spawned, told } from '../../../world/drive-ray.ts';

test('after a fault head and engine are told to stop at once', () => {
  const driven = after(serving(), 300, { kind: 'linkClosed', link: 1, reason: 'end' });
  const pids = done(driven, 'signalProcess').map(({ process, signal }) => [process.pid, signal]);
  expect(pids).toEqual([
    [100, 'SIGTERM'],
    [200, 'SIGTERM'],
  ]);
});

test('asked to stop, the engine drains first, then the agents leave, then the head', () => {
  let driven = after(serving(), 300, { kind: 'signalReceived', signal: 'SIGTERM' });
  const pidsOf = (step: Driven) => done(step, 'signalProcess').map(({ process }) => process.pid);
  expect(pidsOf(driven)).toEqual([200]);
  driven = after(driven, 900, { kind: 'childExited', epoch: 1, name: 'engine', code: 0, signal: null });
  expect(pidsOf(driven)).toEqual([]);
  expect(done(driven, 'sendFrame').map(({ body }) => body.kind)).toContain('drained');
  driven = after(driven, 1_000, framed(1, 1, { kind: 'leaving', code: 0 }));
  driven = tick(driven, 1_100);
  const { engine } = as(driven, 'stopping');
  expect(as(driven, 'stopping').restAtMs).toBe(Infinity);
  expect(engine.children.map(({ name, end }) => [name, end !== null])).toEqual([
    ['ray-head', false],
    ['engine', true],
  ]);
  driven = after(driven, 1_500, { kind: 'childExited', epoch: 1, name: 'ray-head', code: 1, signal: null });
  expect(driven.state.phase).toBe('sweeping');
});

test('a head is not kept waiting for ever by agents that do not leave', () => {
  let driven = after(serving(), 300, { kind: 'signalReceived', signal: 'SIGTERM' });
  driven = after(driven, 900, { kind: 'childExited', epoch: 1, name: 'engine', code: 0, signal: null });
  const { restAtMs } = as(driven, 'stopping');
  expect(restAtMs).toBe(5_900);
  for (let atMs = 1_000; atMs < restAtMs; atMs += 1_000) driven = beat(driven, atMs, '10.0.0.2');
  expect(as(tick(driven, restAtMs - 1), 'stopping').restAtMs).toBe(restAtMs);
  expect(as(tick(driven, restAtMs), 'stopping').restAtMs).toBe(Infinity);
});

const tree = (step: Driven) => done(step, 'signalProcess').map(({ process }) => process.pid);
const term = { kind: 'signalReceived', signal: 'SIGTERM' } as const;
const saidToAll = (step: Driven) => done(step, 'sendFrame').map(({ body }) => body.kind);

test('asked to stop while nodes are waited for, the head lets the agents go first', () => {
  let driven = after(beat(headed(), 140, '10.0.0.2'), 200, term);
  expect(tree(driven)).toEqual([]);
  expect(saidToAll(driven)).toEqual(['stop', 'drained']);
  expect(as(driven, 'stopping').restAtMs).toBe(5_200);
  driven = tick(after(driven, 300, framed(1, 1, { kind: 'leaving', code: 0 })), 400);
  expect(driven.state.phase).toBe('stopping');
  expect(as(driven, 'stopping').restAtMs).toBe(Infinity);
});

test('a head that is spawned when all are to stop already waits for the agents too', () => {
  const waits = said(leader(), 10, { kind: 'refused' });
  const driven = spawned(after(waits, 12, term), 14, 'ray-head', 100);
  expect(tree(driven)).toEqual([]);
  const alone = after(after(waits, 12, term), 13, framed(1, 1, { kind: 'leaving', code: 0 }));
  expect(tree(spawned(tick(alone, 14), 20, 'ray-head', 100))).toEqual([100]);
});

test('a head waits while the spawn of its engine is not answered', () => {
  const asked = after(told(beat(headed(), 140, '10.0.0.2'), 150, both), 155, term);
  expect(tree(asked)).toEqual([]);
  expect(tree(spawned(asked, 160, 'engine', 200))).toEqual([200]);
});

test('the second SIGTERM to an engine that starts is none to its head', () => {
  let driven = after(serving(), 300, term);
  driven = after(driven, 900, { kind: 'childExited', epoch: 1, name: 'engine', code: 0, signal: null });
  const { againAtMs } = as(driven, 'stopping');
  expect(againAtMs).toBe(3_300);
  for (let atMs = 1_000; atMs < againAtMs; atMs += 1_000) driven = beat(driven, atMs, '10.0.0.2');
  expect(tree(tick(driven, againAtMs))).toEqual([]);
});

test('a tree whose top is still to come is told before it is killed', () => {
  const starts = told(beat(headed(), 140, '10.0.0.2'), 150, both);
  const died = after(starts, 155, { kind: 'childExited', epoch: 1, name: 'ray-head', code: 0, signal: null });
  const { killAtMs } = as(died, 'stopping');
  const deaf = step(died.state, { kind: 'timePassed', lateMs: 0, atMs: killAtMs });
  expect(done(deaf, 'sweepTree').map(({ signal }) => signal)).toEqual(['SIGTERM']);
});

const swept = (before: Driven, atMs: number) =>
  [1, 2, 3, 4, 5].reduce(
    (driven, pass) => after(driven, atMs + pass, { kind: 'treeSwept', epoch: 1, survivors: [] }),
    before,
  );
const exited = (name: 'engine' | 'ray-head', code: number | null, signal: string | null) =>
  ({ kind: 'childExited', epoch: 1, name, code, signal }) as const;
const killedOf = (driven: Driven) => as(driven, 'sweeping').killed.map(({ pid }) => pid);

test.each<[string, (asked: Driven) => Driven, number[]]>([
  ['before', (asked) => tick(after(asked, 900, exited('engine', 0, null)), 25_300), [100]],
  ['in the last moment', (asked) => after(tick(asked, 25_300), 25_305, exited('engine', 0, null)), [100, 200]],
])('a head that has to be killed is named, and no engine that ended %s', (_, deaf, killed) => {
  const sweeps = deaf(after(serving(), 300, term));
  expect(killedOf(sweeps)).toEqual(killed);
  const over = swept(after(sweeps, 25_310, exited('ray-head', null, 'SIGKILL')), 25_320);
  expect(causeOf(over)).toMatchObject({
    code: 137,
    message: 'had to be killed when asked to stop: ray start --head (pid 100)',
  });
});

test('an engine that cannot be spawned beside its head leaves the head’s last words to be read', () => {
  const starts = told(beat(headed(), 140, '10.0.0.2'), 150, both);
  const failed = after(starts, 155, { kind: 'spawnFailed', epoch: 1, name: 'engine', why: 'os', reason: 'x' });
  expect(done(failed, 'readTail')).toHaveLength(1);
  expect(tree(failed)).toEqual([100]);
});
