// Somebody asks us to stop: who is told what and when, what a second signal does, and signals that are not for us.
import { expect, test } from 'vitest';

import { wakeAtMs } from '#core/supervision/step.ts';

import {
  after,
  anyCause,
  as,
  done,
  following,
  framed,
  gating,
  kinds,
  leading,
  leadingReady,
  opened,
  ready,
  saidOn,
  started,
  tick,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { leader, said, serving, spawned as spawnedAs } from '../../../world/drive-ray.ts';
import type { PlanWish } from '../../../world/plan.ts';

const signal = (name: string) => ({ kind: 'signalReceived', signal: name }) as const;
const term = signal('SIGTERM');
const ended = { kind: 'childExited', epoch: 1, name: 'engine', code: 0, signal: null } as const;
const told = (driven: Driven) => done(driven, 'signalProcess').map((one) => `${one.signal} ${one.process.pid}`);
const infos = ({ effects }: Driven) =>
  effects.flatMap((one) =>
    one.kind === 'say' && one.level === 'info' && !one.message.startsWith('phase') ? [one.message] : [],
  );

test.each(['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT', 'SIGALRM'])(
  '%s is for the engine',
  (name) => {
    const driven = after(ready(), 150, signal(name));
    expect(driven.effects).toEqual([{ kind: 'signalProcess', process: { pid: 100, startTicks: 7 }, signal: name }]);
    expect(driven.state.phase).toBe('ready');
  },
);

test.each(['SIGPIPE', 'SIGIO', 'SIGURG', 'SIGTTOU', 'SIGXCPU'])('%s is about us, and for nobody', (name) => {
  expect(after(ready(), 150, signal(name)).effects).toEqual([]);
});

test('a signal for an engine that does not run is for nobody', () => {
  expect(after(gating(), 5, signal('SIGHUP')).effects).toEqual([]);
  expect(
    after(after(opened({ rank: 0, size: 1, dns: false }), 0, { kind: 'launchRequested' }), 5, signal('SIGHUP')).effects,
  ).toEqual([]);
});

test.each(['SIGTERM', 'SIGINT'])('%s asks to stop, and is said', (name) => {
  const driven = after(ready(), 150, signal(name));
  expect(told(driven)).toEqual(['SIGTERM 100']);
  expect(infos(driven)).toEqual([`asked to stop by ${name}`]);
  expect(as(driven, 'stopping')).toMatchObject({ mode: 'asked', base: { asked: { by: name, atMs: 150 } } });
});

test('endpoints are given time only where they are there, and no more than the drain or the grace time', () => {
  const untils = (wish: Partial<PlanWish>) =>
    as(after(ready({ drainDelayMs: 5_000, ...wish }), 150, term), 'draining').untilMs;
  expect(untils({})).toBe(5_150);
  expect(untils({ deadlines: { drain: 3_000 } })).toBe(3_150);
  expect(untils({ deadlines: { grace: 2_000 } })).toBe(2_150);
  expect(as(after(ready({ drainDelayMs: 5_000 }), 150, term), 'draining')).toMatchObject({
    waitsFor: 'endpoints',
    killAtMs: 25_150,
  });
  expect(after(started({ drainDelayMs: 5_000 }), 150, term).state.phase).toBe('stopping');
});

test('an engine is told when its endpoints are gone', () => {
  const drains = after(ready({ drainDelayMs: 1_000 }), 150, term);
  expect(told(drains)).toEqual([]);
  expect(tick(drains, 1_149).state.phase).toBe('draining');
  const over = tick(drains, 1_150);
  expect(told(over)).toEqual(['SIGTERM 100']);
  expect(as(over, 'stopping')).toMatchObject({ drainAtMs: 15_150, killAtMs: 25_150, restAtMs: Infinity });
});

test('the leader tells all, and lets nobody in any more', () => {
  const driven = after(leadingReady({ drainDelayMs: 1_000 }), 150, term);
  expect(kinds(driven)).toEqual(['closeListener', 'sendFrame']);
  const cause = { kind: 'asked', code: 0, rank: 0, host: 'node0', seenBy: 0, message: 'asked to stop by SIGTERM' };
  expect(saidOn(driven, 1)).toMatchObject([{ kind: 'stop', mode: 'asked', cause, ageMs: 0 }]);
  expect(driven.state.base.group.listening).toBe(false);
});

test('a worker asks its leader and waits for its turn, no longer than the drain time', () => {
  const driven = after(following(), 150, term);
  expect(saidOn(driven, 9)).toEqual([{ kind: 'stop-asked', by: 'rank 1 (SIGTERM)' }]);
  expect(as(driven, 'draining')).toMatchObject({ waitsFor: 'leader', untilMs: 15_150, killAtMs: 25_150 });
  expect(driven.state.base.group.listening).toBe(true);
  const short = after(following({ deadlines: { drain: 15_000, grace: 2_000 } }), 150, term);
  expect(as(short, 'draining').untilMs).toBe(2_150);
});

test('a leader that a worker asks tells all, once', () => {
  const asks = framed(1, 1, { kind: 'stop-asked', by: 'rank 1 (SIGTERM)' });
  const driven = after(leadingReady({ drainDelayMs: 1_000 }), 150, asks);
  expect(infos(driven)).toEqual(['asked to stop by rank 1 (SIGTERM)']);
  expect(saidOn(driven, 1)).toMatchObject([{ kind: 'stop', mode: 'asked' }]);
  expect(after(driven, 160, asks).effects).toEqual([]);
  const first = after(driven, 170, term);
  expect(first.state.base.asked).toEqual({ by: 'SIGTERM', atMs: 150 });
  expect(kinds(first)).toEqual([]);
});

test('a worker that its leader asks waits for its turn and tells nobody', () => {
  const stop = { kind: 'stop', mode: 'asked', cause: { ...anyCause, kind: 'asked' }, ageMs: 0 } as const;
  const driven = after(following(), 150, framed(9, 0, stop));
  expect(as(driven, 'draining')).toMatchObject({
    waitsFor: 'leader',
    base: { asked: { by: 'the leader', atMs: 150 } },
  });
  expect(saidOn(driven, 9)).toEqual([]);
  expect(infos(driven)).toEqual(['asked to stop by the leader']);
  const leaves = after(driven, 200, framed(9, 0, { kind: 'leaving', code: 0 }));
  expect(told(leaves)).toEqual(['SIGTERM 100']);
  expect(told(after(driven, 200, framed(9, 0, { kind: 'drained' })))).toEqual(['SIGTERM 100']);
  expect(told(after(driven, 200, { kind: 'linkClosed', link: 9, reason: 'x' }))).toEqual(['SIGTERM 100']);
  expect(after(driven, 200, framed(9, 0, stop)).effects).toEqual([]);
});

test('a worker without its leader has nobody to wait for', () => {
  const alone = following();
  const { base } = alone.state;
  const state = { ...as(alone, 'starting'), base: { ...base, group: { ...base.group, peers: [] } } };
  expect(as(after({ state, effects: [] }, 150, term), 'stopping').mode).toBe('asked');
});

const hurry = { kind: 'stop', mode: 'hurry', cause: { kind: 'asked', message: 'asked to stop by SIGTERM' }, ageMs: 0 };

test.each<[string, () => Driven, string[]]>([
  ['drains', () => after(leadingReady({ drainDelayMs: 1_000 }), 150, term), ['SIGTERM 100']],
  ['stops', () => after(leadingReady(), 150, term), []],
])('a second signal to a leader that %s is the end of its grace time, and of all', (_, driven, signals) => {
  const second = after(driven(), 170, term);
  expect(saidOn(second, 1)).toMatchObject([hurry]);
  expect(as(second, 'stopping')).toMatchObject({ killAtMs: 170, mode: 'asked' });
  expect(told(second)).toEqual(signals);
  expect(done(tick(second, 170), 'sweepTree')).toMatchObject([{ signal: 'SIGKILL' }]);
});

test('a second signal during the sweep kills what is left', () => {
  const sweeps = after(after(leadingReady(), 150, term), 160, ended);
  const second = after(sweeps, 170, signal('SIGINT'));
  expect(as(second, 'sweeping').killAtMs).toBe(170);
  expect(saidOn(second, 1)).toMatchObject([hurry]);
});

test('a second signal to who has nothing left to do changes nothing', () => {
  const settles = after(gating(), 5, term);
  expect(after(settles, 5, term)).toEqual({ state: settles.state, effects: [] });
});

test.each<[string, () => Driven]>([
  ['drains', () => after(following(), 150, term)],
  ['stops', () => after(after(following(), 150, term), 160, framed(9, 0, { kind: 'drained' }))],
])('a worker that %s and is told to hurry does, and tells nobody', (_, driven) => {
  const cause = { ...anyCause, kind: 'asked' } as const;
  const hurries = after(driven(), 170, framed(9, 0, { kind: 'stop', mode: 'hurry', cause, ageMs: 0 }));
  expect(as(hurries, 'stopping').killAtMs).toBe(170);
  expect(saidOn(hurries, 9)).toEqual([]);
});

test('the first signal to who was asked by another begins nothing anew', () => {
  const asks = framed(1, 1, { kind: 'stop-asked', by: 'rank 1 (SIGTERM)' });
  const asked = after(leadingReady(), 150, asks);
  const signalled = after(asked, 170, term);
  expect(signalled.state).toMatchObject({ phase: 'stopping', base: { asked: { by: 'SIGTERM', atMs: 150 } } });
  expect(signalled.effects).toEqual([]);
  expect(saidOn(after(signalled, 180, term), 1)).toMatchObject([hurry]);
});

test.each<[string, () => Driven, number]>([
  ['starts may lose its first SIGTERM: it is sent again', started, 3_150],
  ['was ready hears it', ready, Infinity],
  ['is any other command hears it', () => started({ exits: 'passthrough' }), Infinity],
])('an engine that %s', (_, driven, againAtMs) => {
  const asked = after(driven(), 150, term);
  expect(as(asked, 'stopping').againAtMs).toBe(againAtMs);
  if (againAtMs === Infinity) return;
  expect(told(tick(asked, 3_149))).toEqual([]);
  const again = tick(asked, 3_150);
  expect(told(again)).toEqual(['SIGTERM 100']);
  expect(as(again, 'stopping').againAtMs).toBe(Infinity);
});

test('the others get their turn when the drain time is over, once', () => {
  const asked = after(leading({ deadlines: { drain: 1_000 } }), 150, term);
  expect(wakeAtMs(tick(asked, 1_100).state)).toBe(1_150);
  expect(saidOn(tick(asked, 1_149), 1)).toEqual([]);
  const turn = tick(asked, 1_150);
  expect(saidOn(turn, 1)).toEqual([{ kind: 'drained' }]);
  expect(as(turn, 'stopping').drainAtMs).toBe(Infinity);
});

const resting = () => after(after(serving(), 300, term), 900, { ...ended, name: 'engine' });

test.each<[string, () => Driven, string[]]>([
  ['waits for its agents', resting, ['SIGTERM 100']],
  ['waits for its engine', () => after(serving(), 300, term), ['SIGTERM 100']],
  ['was told already', () => tick(after(resting(), 950, { kind: 'linkClosed', link: 1, reason: 'x' }), 960), []],
])('a head that %s is told by a second signal what it was not told yet', (_, driven, signals) => {
  const second = after(driven(), 1_000, term);
  expect(told(second)).toEqual(signals);
  expect(as(second, 'stopping').restAtMs).toBe(Infinity);
});

test('without any grace a head does not wait for its agents', () => {
  const { state } = spawnedAs(said(leader(), 10, { kind: 'refused' }), 12, 'ray-head', 100);
  const { document } = state.base.plan;
  const deadlines = { ...document.deadlines, grace: 0 };
  const plan = { ...state.base.plan, document: { ...document, deadlines } };
  const driven = after({ state: { ...state, base: { ...state.base, plan } }, effects: [] }, 20, term);
  expect(told(driven)).toEqual(['SIGTERM 100']);
  expect(as(driven, 'stopping').restAtMs).toBe(Infinity);
});
