// A stop that was asked for and a fault meet, at a worker that its leader tells what it is, and at the leader itself.
import { expect, test } from 'vitest';

import type { Cause } from '#core/group/cause.ts';

import {
  after,
  anyCause,
  as,
  core,
  done,
  following,
  framed,
  leadingReady,
  saidOn,
  seen,
  tick,
  top,
  welcomed,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';

const leaders: Cause = { ...anyCause, rank: 0, host: 'node0', seenBy: 0, message: 'rank 0 (node0): it died' };
const asked: Cause = { ...leaders, kind: 'asked', code: 0, message: 'asked to stop by SIGTERM' };
const term = { kind: 'signalReceived', signal: 'SIGTERM' } as const;
const ended = { kind: 'childExited', epoch: 1, name: 'engine', code: 3, signal: null } as const;
const fromLeader = (mode: 'fault' | 'asked' | 'hurry', cause = leaders, ageMs = 30) =>
  framed(9, 0, { kind: 'stop', mode, cause, ageMs });
const judges = (cause: Cause) => framed(9, 0, { kind: 'verdict', cause });
const beat = (link: number, rank: number) =>
  framed(link, rank, { kind: 'heartbeat', phase: 'x', ready: true, missing: [] });
const signals = (driven: Driven) => done(driven, 'signalProcess').map(({ signal }) => signal);
const errors = ({ effects }: Driven) =>
  effects.flatMap((one) => (one.kind === 'say' && one.level === 'error' ? [one.message] : []));

/** A worker that was asked to stop at 200 ms, in each phase of that stop. */
const draining = () => after(following(), 200, term);
const stopping = () => after(draining(), 210, framed(9, 0, { kind: 'drained' }));
const sweeping = () => after(stopping(), 220, ended);
const settling = () => after(welcomed(), 200, term);

test.each<[string, () => Driven, string, object]>([
  ['drains', draining, 'stopping', { killAtMs: 10_300, drainAtMs: Infinity, judgesUntilMs: 400 }],
  ['stops', stopping, 'stopping', { killAtMs: 10_300, drainAtMs: Infinity, judgesUntilMs: -Infinity }],
  ['sweeps', sweeping, 'sweeping', { killAtMs: 2_220 }],
  ['settles', settling, 'settling', { code: 0, untilMs: 5_700 }],
])(
  'a worker that %s as asked turns to the fault that its leader tells of, and tells nobody',
  (_, before, phase, more) => {
    const driven = before();
    const turned = after(driven, driven.state.phase === 'settling' ? 200 : 300, fromLeader('fault'));
    const atMs = turned.state.base.nowMs;
    expect(turned.state).toMatchObject({ ...more, phase, mode: 'fault' });
    expect('untilMs' in turned.state).toBe(phase === 'settling');
    expect(turned.state.base.verdict).toMatchObject({ cause: leaders, happenedMs: atMs - 30, freezeAtMs: atMs + 500 });
    expect(errors(turned)).toEqual(['stopping: rank 0 (node0): it died']);
    expect(saidOn(turned, 9)).toEqual([]);
    expect(done(turned, 'readTail')).toEqual([]);
    expect(signals(turned)).toEqual(driven.state.phase === 'draining' ? ['SIGTERM'] : []);
  },
);

test('whose time is over sooner as asked is killed as asked', () => {
  const wish = { deadlines: { grace: 5_000 } };
  const asked = after(after(following(wish), 200, term), 210, framed(9, 0, { kind: 'drained' }));
  expect(as(after(asked, 1_200, fromLeader('fault')), 'stopping').killAtMs).toBe(5_200);
});

test('a worker that stops for a fault of its own hears of the leader’s and tells nobody of it', () => {
  const died = after(following(), 200, ended);
  const told = after(died, 210, fromLeader('fault', leaders, 100));
  expect(told.state.base.verdict).toMatchObject({ cause: leaders, happenedMs: 110 });
  expect(told.state.base.verdict?.candidates).toHaveLength(2);
  expect([saidOn(told, 9), errors(told), told.state.phase]).toEqual([[], [], 'sweeping']);
});

/** A worker that stops for a fault, in each phase of that stop. */
const failing = () => after(following(), 200, seen(false, top));
const failed = () => after(following(), 200, ended);
const given = () => after(welcomed(), 200, { kind: 'launcherBroke', reason: 'x' });

test.each<[string, () => Driven, string]>([
  ['stops', failing, 'stopping'],
  ['sweeps', failed, 'sweeping'],
])('a worker that %s for a fault is told that it was part of a stop that was asked for', (_, before, phase) => {
  expect(before().state.base.verdict).not.toBeNull();
  const turned = after(before(), 230, judges(asked));
  expect(turned.state).toMatchObject({ phase, mode: 'asked' });
  expect(turned.state.base).toMatchObject({ asked: { by: 'the leader', atMs: 230 }, verdict: null });
  expect(turned.effects).toEqual([]);
});

test('and leaves at once where nothing runs', () => {
  expect(as(given(), 'settling').mode).toBe('fault');
  const told = after(given(), 200, judges(asked));
  expect(told.state.phase).toBe('ended');
  expect(done(told, 'finish')).toHaveLength(1);
});

test('what is gone at the next look is part of a stop that was asked for', () => {
  const heard = after(following(), 200, fromLeader('fault'));
  expect(as(heard, 'stopping').judgesUntilMs).toBe(300);
  const looked = after(after(heard, 210, judges(asked)), 250, seen(false, top));
  expect([looked.state.base.verdict, looked.effects]).toEqual([null, []]);
});

test('who asked first is remembered, and a word that says nothing new changes nothing', () => {
  const told = after(stopping(), 230, judges(asked));
  expect(told.state).toMatchObject({ mode: 'asked', base: { asked: { by: 'SIGTERM', atMs: 200 } } });
  const both = after(after(failing(), 210, term), 230, judges(asked));
  expect(both.state).toMatchObject({ mode: 'asked', base: { asked: { by: 'SIGTERM', atMs: 210 } } });
});

test.each<[string, () => Driven, object]>([
  ['as asked', stopping, { by: 'SIGTERM', atMs: 200 }],
  ['for a fault', failing, { by: 'the leader', atMs: 230 }],
])('a worker that stops %s and is asked once more by its leader goes on', (_, before, by) => {
  const told = after(before(), 230, fromLeader('asked', asked));
  const { state } = before();
  expect(told.state).toMatchObject({ phase: state.phase, mode: as({ state, effects: [] }, 'stopping').mode });
  expect(told.state.base).toMatchObject({ asked: by, verdict: state.base.verdict });
});

test.each<[string, () => Driven]>([
  ['as asked', stopping],
  ['for a fault of its own', failing],
])('a worker that stops %s is told the verdict, which is final', (_, before) => {
  const told = after(before(), 230, judges(leaders));
  expect(as(told, 'stopping').mode).toBe('fault');
  expect(told.state.base.verdict).toMatchObject({ cause: leaders, frozen: true });
  const late = after(told, 240, fromLeader('fault', anyCause));
  expect(late.state.base.verdict?.cause).toEqual(leaders);
});

test('a worker that stops as asked takes the verdict for a fault of that moment', () => {
  expect(after(stopping(), 230, judges(leaders)).state.base.verdict?.happenedMs).toBe(230);
});

/** A leader that was asked to stop at 200 ms. */
const leaderDrains = () => after(leadingReady({ drainDelayMs: 2_000 }), 200, term);
const leaderStops = () => after(leadingReady(), 200, term);
const report = framed(1, 1, { kind: 'report', cause: anyCause, ageMs: 0 });
const askedOf = { kind: 'verdict', cause: expect.objectContaining({ kind: 'asked' }) as unknown };

test('a leader that drains hears of a death, answers what the stop is and drains no longer', () => {
  const told = after(leaderDrains(), 300, report);
  expect(saidOn(told, 1)).toEqual([askedOf]);
  expect(signals(told)).toEqual(['SIGTERM']);
  expect(told.state).toMatchObject({ phase: 'stopping', mode: 'asked', base: { verdict: null } });
});

test('a leader that stops hears of a death: it is the others’ turn, once, and its own time is shorter', () => {
  expect(as(leaderStops(), 'stopping')).toMatchObject({ drainAtMs: 15_200, killAtMs: 25_200 });
  const told = after(leaderStops(), 300, report);
  expect(saidOn(told, 1)).toEqual([askedOf, { kind: 'drained' }]);
  expect(as(told, 'stopping')).toMatchObject({ mode: 'asked', drainAtMs: Infinity, killAtMs: 10_300 });
  const again = after(told, 400, report);
  expect(saidOn(again, 1)).toEqual([askedOf]);
  expect(as(again, 'stopping').killAtMs).toBe(10_300);
});

test('a leader that sweeps as asked hears of a death and only answers it', () => {
  const swept = after(leaderStops(), 250, ended);
  const told = after(swept, 260, report);
  expect(saidOn(told, 1)).toEqual([askedOf]);
  expect(told.state).toMatchObject({ phase: 'sweeping', mode: 'asked', base: { verdict: null } });
});

test.each([
  ['closes its connection', { kind: 'linkClosed', link: 1, reason: 'end' }],
  ['leaves', framed(1, 1, { kind: 'leaving', code: 3 })],
] as const)('a member that %s while the leader stops as asked is no cause', (_, event) => {
  const told = after(leaderStops(), 300, event);
  expect(told.state).toMatchObject({ phase: 'stopping', mode: 'asked', base: { verdict: null } });
  expect(done(told, 'sendFrame')).toEqual([]);
});

test('a member that is lost while the leader stops for a fault is weighed with it', () => {
  const died = after(after(leadingReady({ amendMs: 3_000 }), 200, beat(1, 1)), 1_000, seen(false, top));
  const lost = after(tick(died, 1_700), 1_710, { kind: 'peerProbed', rank: 1, answer: 'refused' });
  expect(died.state.base.verdict?.cause).toMatchObject({ kind: 'process-died', process: core.title });
  expect(lost.state.base.verdict?.candidates.map(({ cause }) => cause.kind)).toEqual(['process-died', 'peer-lost']);
});
