import { expect, test } from 'vitest';

import { workerWaits } from '#core/supervision/gates.ts';
import { wakeAtMs } from '#core/supervision/step.ts';

import {
  after,
  as,
  dialed,
  done,
  framed,
  gating,
  joinedBy,
  kinds,
  leading,
  opened,
  saidOn,
  says,
  theEpoch,
  tick,
  welcomed,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';

const launched = (more = {}) => after(opened({ rank: 1, size: 2, ...more }), 0, { kind: 'launchRequested' });
const causeOf = (driven: Driven) => driven.state.base.verdict?.cause;

test('the first gate is the name of the leader', () => {
  const driven = launched({ deadlines: { dns: 4_000 } });
  expect(done(driven, 'resolveName')).toEqual([{ kind: 'resolveName', host: 'node0' }]);
  expect(as(driven, 'resolving')).toMatchObject({ deadlineMs: 4_000, asking: true, nextTryMs: 1_000 });
  expect(wakeAtMs(driven.state)).toBe(4_000);
});

test('without that gate the group port is opened at once', () => {
  const driven = launched({ dns: false });
  expect(done(driven, 'openListener')).toEqual([{ kind: 'openListener', port: 9_441 }]);
  expect(driven.state.phase).toBe('joining');
});

test('a launch is asked for once', () => {
  expect(kinds(after(launched(), 5, { kind: 'launchRequested' }))).toEqual([]);
});

test.each([
  ['nobody else', { size: 1, rank: 0, fate: 'alone' }],
  ['members that do not share their fate', { size: 2, fate: 'apart' }],
] as const)('with %s the engine is started as soon as the name resolves', (_, more) => {
  const driven = after(launched(more), 7, {
    kind: 'nameResolved',
    address: '10.0.0.1',
    own: '10.0.0.2',
    interface: 'eth1',
  });
  expect(kinds(driven)).toEqual(['spawnChild']);
  expect(driven.state.base).toMatchObject({
    epoch: { leader: `node${driven.state.base.self.rank}`, counter: 1 },
    node: { address: '10.0.0.2', interface: 'eth1' },
  });
});

test('a name that does not resolve is asked for again each second', () => {
  const failed = after(launched(), 30, { kind: 'nameUnresolved', reason: 'ENOTFOUND' });
  expect(as(failed, 'resolving')).toMatchObject({ asking: false, reason: 'ENOTFOUND' });
  expect(wakeAtMs(failed.state)).toBe(1_000);
  expect(kinds(tick(failed, 999))).toEqual([]);
  const again = tick(failed, 1_000);
  expect(done(again, 'resolveName')).toEqual([{ kind: 'resolveName', host: 'node0' }]);
  expect(as(again, 'resolving')).toMatchObject({ asking: true, nextTryMs: 2_000 });
});

test('a look-up on its way is not asked for again, one that could not be made is', () => {
  expect(kinds(tick(launched(), 5_000))).toEqual([]);
  const failed = after(launched(), 30, { kind: 'effectFailed', effect: 'resolveName', reason: 'EMFILE' });
  expect(as(failed, 'resolving')).toMatchObject({ asking: false, reason: 'EMFILE' });
  const other = after(launched(), 30, { kind: 'effectFailed', effect: 'writeTermination', reason: 'EROFS' });
  expect(as(other, 'resolving').asking).toBe(true);
  expect(says(other)).toEqual(['cannot perform writeTermination: EROFS']);
});

test('a name that does not resolve by its deadline ends the launch with 69', () => {
  const failed = after(launched({ deadlines: { dns: 2_000 } }), 1_900, { kind: 'nameUnresolved', reason: 'ENOTFOUND' });
  expect(tick(failed, 1_999).state.phase).toBe('resolving');
  const over = tick(failed, 2_000);
  expect(over.state.phase).toBe('settling');
  expect(causeOf(over)).toMatchObject({
    kind: 'gate-timeout',
    code: 69,
    rank: 1,
    host: 'node1',
    seenBy: 1,
    message: 'cannot resolve the leader\'s name "node0" within the dns deadline (2s): ENOTFOUND',
  });
  expect(done(tick(over, 2_000), 'finish')).toEqual([{ kind: 'finish', code: 69 }]);
});

test('a deadline that passes while a look-up is on its way says so', () => {
  expect(causeOf(tick(launched({ deadlines: { dns: 2_000 } }), 2_000))?.message).toMatch(/: not tried yet$/);
});

test('the leader starts all as soon as the last one is in', () => {
  const first = joinedBy(gating({ size: 3 }), 1, 5);
  expect(first.state.phase).toBe('joining');
  const all = joinedBy(first, 2, 9);
  expect(all.state.phase).toBe('starting');
  expect(all.state.base.epoch).toEqual(theEpoch);
  for (const link of [1, 2])
    expect(done(all, 'sendFrame')).toContainEqual({
      kind: 'sendFrame',
      link,
      epoch: theEpoch,
      body: { kind: 'start', epoch: theEpoch },
    });
  expect(kinds(all)).toEqual(['sendFrame', 'sendFrame', 'sendFrame', 'spawnChild']);
  expect(says(all)).toEqual(['rank 2 (node2) is in', 'all 3 members are in; starting together']);
});

test('nobody is started before the leader listens', () => {
  let driven = after(opened({ rank: 0, size: 2, dns: false }), 0, { kind: 'launchRequested' });
  driven = joinedBy(driven, 1, 1);
  expect(driven.state.phase).toBe('joining');
  expect(after(driven, 2, { kind: 'listenerOpened' }).state.phase).toBe('starting');
});

test('a worker starts on the word of the leader, in its epoch', () => {
  const told = after(welcomed(), 5, framed(9, 0, { kind: 'start', epoch: theEpoch }));
  expect(told.state).toMatchObject({ phase: 'starting', base: { epoch: theEpoch } });
  expect(kinds(told)).toEqual(['spawnChild']);
  expect(says(told)).toEqual(['the leader started the group']);
});

test('the leader names who is missing at its deadline, and ends the waiting of all', () => {
  const waiting = joinedBy(gating({ size: 4, deadlines: { group: 3_000 } }), 2, 5);
  expect(tick(waiting, 2_999).state.phase).toBe('joining');
  const over = tick(waiting, 3_000);
  const message = 'cannot start: rank 1, 3 did not say hello within the group deadline (3s)';
  expect(causeOf(over)).toMatchObject({ kind: 'gate-timeout', code: 69, rank: 0, message });
  expect(saidOn(over, 2)).toEqual([{ kind: 'stop', mode: 'fault', cause: causeOf(over), ageMs: 0 }]);
});

test('and who was refused, and why', () => {
  const refused = { rank: 1, address: 'x', reason: 'size 3 is not ours (2)' };
  const waiting = gating({ deadlines: { group: 3_000 } });
  const { state } = waiting;
  const group = { ...state.base.group, refusals: [refused] };
  const over = tick({ ...waiting, state: { ...state, base: { ...state.base, group } } }, 3_000);
  expect(causeOf(over)?.message).toMatch(/\(3s\); rank 1 was refused: size 3 is not ours \(2\)$/);
});

test('a worker gives up a peer timeout after the leader would have', () => {
  const waiting = welcomed({ deadlines: { group: 3_000, peer: 500 } });
  const beat = (driven: Driven, atMs: number) =>
    after(driven, atMs, framed(9, 0, { kind: 'heartbeat', phase: 'joining', ready: false, missing: [] }));
  const late = [400, 800, 1_200, 1_600, 2_000, 2_400, 2_800, 3_200].reduce(beat, waiting);
  expect(tick(late, 3_499).state.phase).toBe('joining');
  const over = tick(late, 3_500);
  expect(causeOf(over)?.message).toBe(
    'cannot start: the leader at node0:9441 did not start the group within the group deadline (3s)',
  );
  expect(saidOn(over, 9)).toEqual([{ kind: 'report', cause: causeOf(over), ageMs: 0 }]);
});

test.each<[string, () => Driven, string]>([
  ['joined', welcomed, 'the leader at node0:9441 did not start the group'],
  ['connected', dialed, 'the leader at node0:9441 did not let us in (connected, no answer yet)'],
  [
    'refused',
    () => after(dialed(), 3, framed(9, 0, { kind: 'refused', name: 'mismatch', reason: 'x' })),
    'the leader at node0:9441 did not let us in (closed)',
  ],
])('a worker that is %s knows what it waits for', (_, driven, text) => {
  expect(workerWaits(driven().state.base)).toBe(text);
});

test('without a leader in the plan a worker still knows what it waits for', () => {
  const { base } = welcomed().state;
  const { identity } = base.plan.document;
  const plan = { ...base.plan, document: { ...base.plan.document, identity: { ...identity, leader: null } } };
  expect(workerWaits({ ...base, plan })).toBe('the leader did not start the group');
});

test('a worker that gives up is no reason for the leader to', () => {
  const cause = { ...causeOf(tick(launched({ deadlines: { dns: 1 } }), 1)) } as NonNullable<ReturnType<typeof causeOf>>;
  const told = after(joinedBy(gating({ size: 3 }), 1, 5), 9, framed(1, 1, { kind: 'report', cause, ageMs: 0 }));
  expect(told.state.phase).toBe('joining');
  expect(says(told)[0]).toMatch(/^rank 1 gave up: cannot resolve/);
});

test.each([
  { kind: 'listenerFailed', reason: 'EADDRINUSE' },
  { kind: 'effectFailed', effect: 'openListener', reason: 'EADDRINUSE' },
] as const)('a group port that cannot be opened ends the launch with 71 ($kind)', (event) => {
  const over = after(launched({ dns: false }), 3, event);
  expect(causeOf(over)).toMatchObject({ kind: 'os', code: 71, message: 'cannot open the group port: EADDRINUSE' });
  expect(over.state.phase).toBe('settling');
});

test('other things that fail at the gate are said', () => {
  const told = after(gating(), 3, { kind: 'effectFailed', effect: 'sendFrame', reason: 'x' });
  expect(told.state.phase).toBe('joining');
  expect(says(told)).toEqual(['cannot perform sendFrame: x']);
});

test.each<[string, () => Driven]>([
  ['before the first event', () => opened({ rank: 0, size: 2 })],
  ['while the name does not resolve', launched],
  ['at the group gate', gating],
])('who is asked to stop %s leaves with 0', (_, driven) => {
  const asked = after(driven(), 3, { kind: 'signalReceived', signal: 'SIGTERM' });
  expect(as(asked, 'settling')).toMatchObject({ mode: 'asked', code: 0, base: { asked: { by: 'SIGTERM', atMs: 3 } } });
  expect(asked.state.base.group.admitting).toBe(false);
  expect(done(tick(asked, 3), 'finish')).toEqual([{ kind: 'finish', code: 0 }]);
});

test.each(['asked', 'hurry'] as const)(
  'a worker at the gate leaves with 0 when the leader tells all to stop (%s)',
  (mode) => {
    const cause = gateCause;
    const told = after(welcomed(), 5, framed(9, 0, { kind: 'stop', mode, cause, ageMs: 0 }));
    expect(as(told, 'settling')).toMatchObject({ mode: 'asked', code: 0 });
  },
);

test('a worker at the gate leaves with the cause of the leader', () => {
  const told = after(welcomed(), 50, framed(9, 0, { kind: 'stop', mode: 'fault', cause: gateCause, ageMs: 20 }));
  expect(told.state.base.verdict).toMatchObject({ cause: gateCause, happenedMs: 30 });
  expect(saidOn(told, 9)).toEqual([]);
  expect(done(tick(after(told, 60, framed(9, 0, { kind: 'verdict', cause: gateCause })), 60), 'finish')).toEqual([]);
  expect(done(after(told, 60, framed(9, 0, { kind: 'verdict', cause: gateCause })), 'finish')).toEqual([
    { kind: 'finish', code: 69 },
  ]);
});

const gateCause = {
  kind: 'gate-timeout',
  rank: 0,
  host: 'node0',
  process: null,
  pid: null,
  exitCode: null,
  signal: null,
  code: 69,
  decidedBy: 'launcher',
  message: 'cannot start',
  lastLines: [],
  seenBy: 0,
} as const;

test('a plan without an engine is our bug', () => {
  const { state } = opened({ rank: 0, size: 1, dns: false });
  const document = { ...state.base.plan.document, processes: [] };
  const over = after(
    { state: { ...state, base: { ...state.base, plan: { ...state.base.plan, document } } }, effects: [] },
    1,
    { kind: 'launchRequested' },
  );
  expect(causeOf(over)).toMatchObject({ kind: 'internal', code: 70, message: 'cannot start: the plan has no engine' });
});

test('the environment of the engine is filled with what the look-up found', () => {
  const { state } = opened({ rank: 0, size: 1 });
  const [engine] = state.base.plan.document.processes;
  const processes = [{ ...engine, env: { set: { VLLM_HOST_IP: null }, unset: [] } }] as NonNullable<typeof engine>[];
  const plan = { ...state.base.plan, document: { ...state.base.plan.document, processes } };
  const asked = after({ state: { ...state, base: { ...state.base, plan } }, effects: [] }, 1, {
    kind: 'launchRequested',
  });
  const [spawn] = done(
    after(asked, 2, { kind: 'nameResolved', address: 'x', own: '10.1.1.1', interface: null }),
    'spawnChild',
  );
  expect(spawn?.spec.env.set).toEqual({ VLLM_HOST_IP: '10.1.1.1' });
  expect(spawn?.epoch).toBe(1);
});

test('after the start nobody is let in any more', () => {
  expect(leading().state.base.group.admitting).toBe(false);
});
