// Events that may come in any phase: a child that came too late, a remark of the edge, the engine's last words.
import { expect, test } from 'vitest';

import type { Event } from '#core/supervision/event.ts';

import {
  after,
  anyCause,
  as,
  done,
  following,
  framed,
  gating,
  leadingReady,
  ready,
  saidOn,
  spawned,
  started,
  tick,
  top,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { causeOf, spawned as spawnedAs } from '../../../world/drive-ray.ts';

const term = { kind: 'signalReceived', signal: 'SIGTERM' } as const;
const ended = { kind: 'childExited', epoch: 1, name: 'engine', code: 3, signal: null } as const;
const late = { ...spawned, pid: 140, startTicks: 9 } as Extract<Event, { kind: 'childSpawned' }>;
const read = (driven: Driven, atMs: number, ...lines: string[]) =>
  after(driven, atMs, { kind: 'tailRead', epoch: 1, lines });
const swept = (before: Driven, atMs: number) =>
  [1, 2, 3, 4, 5].reduce(
    (driven, pass) => after(driven, atMs + pass, { kind: 'treeSwept', epoch: 1, survivors: [] }),
    before,
  );
const settling = () => swept(after(ready(), 200, ended), 210);
const over = () => swept(after(after(ready(), 200, term), 205, ended), 210);

test.each<[string, () => Driven]>([
  ['settling', settling],
  ['ended', over],
])('a process that is spawned when all is over (%s) is killed', (phase, driven) => {
  expect(driven().state.phase).toBe(phase);
  const killed = after(driven(), 230, late);
  expect(killed.state.phase).toBe(phase);
  expect(killed.effects).toEqual([{ kind: 'signalProcess', process: { pid: 140, startTicks: 9 }, signal: 'SIGKILL' }]);
});

test('a process that is spawned during the sweep is told to stop, and swept', () => {
  const before = after(after(ready(), 200, ended), 210, { kind: 'treeSwept', epoch: 1, survivors: [] });
  expect(as(before, 'sweeping').emptyPasses).toBe(1);
  const driven = spawnedAs(before, 215, 'engine', 140);
  expect(done(driven, 'signalProcess')).toEqual([
    { kind: 'signalProcess', process: { pid: 140, startTicks: 7 }, signal: 'SIGTERM' },
  ]);
  expect(as(driven, 'sweeping')).toMatchObject({ told: true, emptyPasses: 0 });
  expect(as(driven, 'sweeping').engine.ledger.map(({ pid }) => pid)).toEqual([140]);
});

test('after the end nothing is heard, and nothing is waited for', () => {
  for (const event of [term, ended, { kind: 'timePassed', lateMs: 0 }, { kind: 'launcherBroke', reason: 'x' }] as const)
    expect(after(over(), 900, event)).toEqual({ state: over().state, effects: [] });
});

const lost = '(EngineCore pid=100) RuntimeError: [gloo/pair.cc] Connection closed by peer';

test('an engine that only noticed the loss of a peer is an echo, in a group', () => {
  const alone = read(after(ready(), 200, ended), 210, lost);
  expect(causeOf(alone)).toMatchObject({ kind: 'process-died', lastLines: [lost] });
  const grouped = read(after(leadingReady(), 200, ended), 210, lost);
  expect(causeOf(grouped)).toMatchObject({ kind: 'collateral', lastLines: [lost] });
  expect(grouped.state.base.verdict?.tail).toBe('none');
});

test('the last words of the leader’s engine are told to all while it settles, and then it waits for them no more', () => {
  const driven = swept(after(leadingReady(), 200, ended), 210);
  const told = read(driven, 230, 'ValueError: no');
  expect(saidOn(told, 1)).toMatchObject([
    { kind: 'stop', mode: 'fault', cause: { lastLines: ['ValueError: no'] }, ageMs: 30 },
  ]);
  expect(told.state.phase).toBe('settling');
});

test('last words that come when the leader has said what the stop is tell nothing', () => {
  const died = after(following(), 200, ended);
  const asked = after(died, 205, framed(9, 0, { kind: 'verdict', cause: { ...anyCause, kind: 'asked' } }));
  expect(read(asked, 210, lost)).toMatchObject({ state: { base: { verdict: null } }, effects: [] });
  const leaders = { ...anyCause, rank: 0, seenBy: 0 };
  const turned = after(asked, 206, framed(9, 0, { kind: 'stop', mode: 'fault', cause: leaders, ageMs: 0 }));
  const told = read(turned, 210, lost);
  expect(told.state.base.verdict).toMatchObject({ cause: leaders, tail: 'none' });
  expect(told.effects).toEqual([]);
});

test.each<[string, () => Driven]>([
  ['at the gate', gating],
  ['while the engine starts', started],
  ['when it runs', ready],
  ['in the sweep', () => after(ready(), 190, ended)],
  ['while all settles', settling],
])('%s a status port that is taken and an effect that fails are warned of', (_, driven) => {
  const before = driven();
  const atMs = before.state.base.nowMs;
  const taken = after(before, atMs, { kind: 'statusPortTaken', reason: 'EADDRINUSE' });
  const message = 'cannot open the status port: EADDRINUSE; going on without it';
  expect(taken.effects).toContainEqual({ kind: 'say', level: 'warn', message });
  expect(taken.state.phase).toBe(before.state.phase);
  const failed = after(before, atMs, { kind: 'effectFailed', effect: 'writeTermination', reason: 'EROFS' });
  const remark = { kind: 'say', level: 'warn', message: 'cannot perform writeTermination: EROFS' };
  expect(failed.effects).toContainEqual(remark);
});

test('an event of another epoch’s child is dropped, in every phase', () => {
  for (const driven of [started(), ready(), settling(), over()])
    expect(after(driven, driven.state.base.nowMs, { ...ended, epoch: 2 })).toEqual({
      state: driven.state,
      effects: [],
    });
});

test('the title of a process is that of its first look, and its command until then, cut short', () => {
  expect(as(tick(started(), 30), 'starting').engine.ledger[0]).toMatchObject({ title: top.title, top: true });
  const { state } = gating({ size: 1, fate: 'alone' });
  const [engine] = state.base.plan.document.processes;
  const argv = ['vllm', 'x'.repeat(400)];
  const document = { ...state.base.plan.document, processes: [{ ...engine, argv }] as NonNullable<typeof engine>[] };
  const long = { ...state, base: { ...state.base, plan: { ...state.base.plan, document } } };
  const driven = spawnedAs({ state: long, effects: [] }, 10, 'engine', 100);
  expect(as(driven, 'starting').engine.ledger[0]?.title).toBe(`vllm ${'x'.repeat(251)}`);
});
