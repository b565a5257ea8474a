// Time moves at the machine's door alone, and our own lateness is nobody's silence.
import { expect, test } from 'vitest';

import { step, wakeAtMs } from '#core/supervision/step.ts';

import { after, as, done, following, framed, gating, leadingReady, opened, ready, tick } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';

const ended = { kind: 'childExited', epoch: 1, name: 'engine', code: 3, signal: null } as const;
const term = { kind: 'signalReceived', signal: 'SIGTERM' } as const;
const hears = { kind: 'signalReceived', signal: 'SIGPIPE' } as const;
const freezeAt = ({ state }: Driven) => state.base.verdict?.freezeAtMs ?? 0;
const swept = (before: Driven, atMs: number) =>
  [1, 2, 3, 4, 5].reduce(
    (driven, pass) => after(driven, atMs + pass, { kind: 'treeSwept', epoch: 1, survivors: [] }),
    before,
  );

test('time does not run backwards', () => {
  const { state } = step(ready().state, { ...hears, atMs: 50 });
  expect(state.base.nowMs).toBe(100);
});

test.each<[string, number, number]>([
  ['a beat is none', 250, 0],
  ['more than a beat is', 251, 251],
])('of our own lateness %s', (_, lateMs, forgivenMs) => {
  const { state } = leadingReady();
  const heardMs = state.base.group.peers[0]?.heardMs ?? 0;
  const wakeMs = Math.max(wakeAtMs(state), state.base.nowMs);
  const late = step(state, { ...hears, atMs: wakeMs + lateMs });
  expect(late.state.base.group.peers[0]?.heardMs).toBe(heardMs + forgivenMs);
});

test('what the clock tells of its lateness counts, and only of the clock', () => {
  const { state } = leadingReady();
  const heardMs = state.base.group.peers[0]?.heardMs ?? 0;
  const heardOf = (driven: Driven) => (driven.state.base.group.peers[0]?.heardMs ?? 0) - heardMs;
  const atMs = 600;
  expect(heardOf(step(state, { kind: 'timePassed', lateMs: 300, atMs }))).toBe(
    Math.max(300, atMs - Math.max(wakeAtMs(state), 100)),
  );
  expect(heardOf(step(state, { kind: 'timePassed', lateMs: 480, atMs }))).toBe(480);
  expect(heardOf(step(state, { kind: 'timePassed', lateMs: 9_000, atMs: 350 }))).toBe(0);
});

test.each<[number, number]>([
  [1_500, 0],
  [1_501, 1_501],
])('who is late by %i ms amends its verdict by %i ms longer, and waits as long for its leader’s', (lateMs, moreMs) => {
  const died = after(following(), 200, ended);
  const wakeMs = wakeAtMs(died.state);
  const late = step(died.state, { kind: 'timePassed', lateMs, atMs: wakeMs + lateMs });
  expect(freezeAt(late) - freezeAt(died)).toBe(moreMs);
  const settles = swept(died, 205);
  const { untilMs } = as(settles, 'settling');
  const atMs = Math.max(wakeAtMs(settles.state), settles.state.base.nowMs) + lateMs;
  const waits = step(settles.state, { ...hears, atMs });
  expect(as(waits, 'settling').untilMs - untilMs).toBe(moreMs);
});

test('a sweep is put off by any lateness, and no other wait is', () => {
  const sweeps = after(ready(), 200, ended);
  const { giveUpAtMs } = as(sweeps, 'sweeping');
  const wakeMs = Math.max(wakeAtMs(sweeps.state), 200);
  expect(as(step(sweeps.state, { ...hears, atMs: wakeMs + 300 }), 'sweeping').giveUpAtMs).toBe(giveUpAtMs + 300);
  expect(as(step(sweeps.state, { ...hears, atMs: wakeMs + 250 }), 'sweeping').giveUpAtMs).toBe(giveUpAtMs);
  const waits = gating();
  const { deadlineMs } = as(waits, 'joining');
  expect(as(step(waits.state, { ...hears, atMs: 5_000 }), 'joining').deadlineMs).toBe(deadlineMs);
  const drains = after(ready({ drainDelayMs: 9_000 }), 150, term);
  expect(as(step(drains.state, { ...hears, atMs: 15_000 }), 'draining').untilMs).toBe(9_150);
});

test('a verdict that is frozen is not thawed', () => {
  const settles = swept(after(following(), 200, ended), 205);
  const frozen = after(settles, 220, framed(9, 0, { kind: 'stop', mode: 'asked', cause: { ...cause() }, ageMs: 0 }));
  expect(freezeAt(frozen)).toBe(700);
  const { base } = frozen.state;
  const verdict = base.verdict === null ? null : { ...base.verdict, frozen: true };
  const state = { ...as(frozen, 'settling'), base: { ...base, verdict } };
  expect(freezeAt(step(state, { ...hears, atMs: 9_000 }))).toBe(700);
});

function cause() {
  const found = after(ready(), 200, ended).state.base.verdict?.cause;
  if (found === undefined) throw new Error('no cause');
  return found;
}

test('the leader freezes its verdict in time and tells it; a worker waits for its leader’s', () => {
  const died = after(leadingReady(), 200, { kind: 'launcherBroke', reason: 'x' });
  expect(freezeAt(died)).toBe(700);
  expect(wakeAtMs(tick(died, 690).state)).toBe(700);
  expect(tick(died, 699).state.base.verdict?.frozen).toBe(false);
  const frozen = tick(died, 700);
  expect(frozen.state.base.verdict?.frozen).toBe(true);
  expect(done(frozen, 'sendFrame').map(({ body }) => body.kind)).toContain('verdict');
  expect(done(tick(frozen, 800), 'sendFrame').map(({ body }) => body.kind)).not.toContain('verdict');
  const follower = tick(after(following(), 200, { kind: 'launcherBroke', reason: 'x' }), 900);
  expect(follower.state.base.verdict?.frozen).toBe(false);
  const alone = after(follower, 910, { kind: 'linkClosed', link: 9, reason: 'x' });
  expect(alone.state.base.verdict?.frozen).toBe(true);
  expect(done(alone, 'sendFrame')).toEqual([]);
});

test('a worker without a leader is woken to freeze its verdict', () => {
  const died = after(following(), 200, { kind: 'launcherBroke', reason: 'x' });
  expect(wakeAtMs({ ...as(died, 'stopping'), againAtMs: Infinity, engine: still(died) })).not.toBe(700);
  const alone = after(died, 210, { kind: 'linkClosed', link: 9, reason: 'x' });
  const { base } = alone.state;
  const dial = { state: 'closed' } as const;
  const rests = { ...as(alone, 'stopping'), base: { ...base, group: { ...base.group, dial } }, againAtMs: Infinity };
  expect(wakeAtMs({ ...rests, engine: still(alone) })).toBe(700);
});

const still = (driven: Driven) => ({ ...as(driven, 'stopping').engine, scanning: true, nextQuickMs: 90_000 });

test('nothing wakes what has ended', () => {
  const over = swept(after(after(ready(), 200, term), 205, ended), 210);
  expect([over.state.phase, wakeAtMs(over.state)]).toEqual(['ended', Infinity]);
  expect(wakeAtMs(opened({ rank: 0, size: 1 }).state)).toBe(Infinity);
});

test('each new phase is recorded, said and written down, and the end comes last', () => {
  const over = swept(after(after(ready(), 200, term), 205, ended), 210);
  expect(over.state.base.history.map(({ phase }) => phase)).toEqual([
    'opening',
    'starting',
    'ready',
    'stopping',
    'sweeping',
    'ended',
  ]);
  expect(over.effects.slice(-3)).toEqual([
    { kind: 'say', level: 'info', message: 'phase ended' },
    { kind: 'writeTermination' },
    { kind: 'finish', code: 0 },
  ]);
});

test('no more than 32 phases are remembered', () => {
  const { state } = opened({ rank: 0, size: 1, dns: false });
  const history = Array.from({ length: 32 }, (_, at) => ({ phase: 'opening' as const, atMs: at }));
  const driven = after({ state: { ...state, base: { ...state.base, history } }, effects: [] }, 50, {
    kind: 'launchRequested',
  });
  expect(driven.state.base.history).toHaveLength(32);
  expect(driven.state.base.history.at(-1)).toEqual({ phase: 'starting', atMs: 50 });
});
