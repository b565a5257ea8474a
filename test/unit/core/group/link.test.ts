import { expect, test } from 'vitest';

import type { Group } from '#core/group/group.ts';
import { forgiveAll, groupWakeMs } from '#core/group/step.ts';
import { wakeAtMs } from '#core/supervision/step.ts';

import type { Driven } from '../../../world/drive.ts';
import {
  after,
  anyCause,
  done,
  following,
  framed,
  gating,
  joinedBy,
  kinds,
  leading,
  leadingReady,
  saidOn,
  says,
  theEpoch,
  tick,
  welcomed,
} from '../../../world/drive.ts';

const groupOf = ({ state }: Driven): Group => state.base.group;
const connect = (driven: Driven, link: number, atMs: number) =>
  after(driven, atMs, { kind: 'linkOpened', link, address: `10.0.0.${link}`, by: 'them' });
const helloOf = (driven: Driven, rank: number, more: object = {}) => {
  const { self } = driven.state.base;
  const { size, fields } = self;
  return {
    kind: 'hello',
    hello: { rank, size, generation: null, host: `node${rank}`, groupPort: 9_441, fields, ...more },
  } as const;
};

test('the leader challenges whoever connects', () => {
  const visited = connect(gating(), 4, 2);
  expect(saidOn(visited, 4)).toEqual([{ kind: 'challenge', key: 'key of node0', generation: null }]);
  expect(groupOf(visited).pending).toEqual([{ id: 4, address: '10.0.0.4', openedMs: 2 }]);
});

test('who connects and says nothing for five seconds is shown out', () => {
  const visited = connect(connect(gating(), 4, 2), 5, 400);
  expect(wakeAtMs(visited.state)).toBe(5_002);
  expect(kinds(tick(visited, 5_001))).toEqual([]);
  const later = tick(visited, 5_002);
  expect(done(later, 'closeLink')).toEqual([{ kind: 'closeLink', link: 4 }]);
  expect(groupOf(later).pending).toEqual([{ id: 5, address: '10.0.0.5', openedMs: 400 }]);
});

test('only so many may connect and say nothing', () => {
  let driven = gating();
  for (let link = 1; link <= 18; link += 1) driven = connect(driven, link, 2);
  expect(groupOf(driven).pending).toHaveLength(18);
  const more = connect(driven, 19, 3);
  expect(kinds(more)).toEqual(['closeLink']);
  expect(groupOf(more).pending).toHaveLength(18);
});

test('who fits becomes a member, in the order of ranks', () => {
  const both = joinedBy(joinedBy(gating({ size: 4 }), 3, 5), 1, 6);
  const { peers, pending } = groupOf(both);
  expect(
    peers.map(({ rank, host, address, port, link, incarnation }) => [rank, host, address, port, link, incarnation]),
  ).toEqual([
    [1, 'node1', 'node1', 9_441, 1, 'node1'],
    [3, 'node3', 'node3', 9_441, 3, 'node3'],
  ]);
  expect(pending).toEqual([]);
  expect(saidOn(both, 1)).toEqual([{ kind: 'welcome', rank: 1, host: 'node0' }]);
  expect(says(both)).toEqual(['rank 1 (node1) is in']);
});

test('a hello that nobody was challenged for is nothing', () => {
  expect(kinds(after(gating(), 5, framed(7, 1, helloOf(gating(), 1))))).toEqual([]);
});

test('a member that says hello again takes the place of its old link', () => {
  const once = connect(joinedBy(gating({ size: 3 }), 1, 5), 4, 9);
  const again = after(once, 10, framed(4, 1, helloOf(once, 1)));
  expect(groupOf(again).peers).toMatchObject([{ rank: 1, link: 4 }]);
  expect(done(again, 'closeLink')).toEqual([{ kind: 'closeLink', link: 1 }]);
});

test('who does not fit is refused, remembered and said, until it fits', () => {
  const visited = connect(gating(), 4, 2);
  const refused = after(visited, 3, framed(4, 1, helloOf(visited, 1, { size: 3 })));
  expect(saidOn(refused, 4)).toEqual([{ kind: 'refused', name: 'mismatch', reason: 'size 3 is not ours (2)' }]);
  expect(done(refused, 'closeLink')).toEqual([{ kind: 'closeLink', link: 4 }]);
  expect(says(refused)).toEqual(['not in the group: rank 1 from 10.0.0.4: size 3 is not ours (2)']);
  expect(groupOf(refused).refusals).toEqual([{ rank: 1, address: '10.0.0.4', reason: 'size 3 is not ours (2)' }]);
  expect(groupOf(refused).pending).toEqual([]);
  expect(groupOf(joinedBy(refused, 1, 9)).refusals).toEqual([]);
});

test('each rank is remembered with its last refusal, and only so many', () => {
  let driven = gating({ size: 50 });
  for (const rank of [...Array.from({ length: 40 }, (_, index) => index + 1), 40]) {
    driven = connect(driven, 100 + rank, 2);
    driven = after(driven, 3, framed(100 + rank, rank, helloOf(driven, rank, { size: 3 })));
  }
  expect(groupOf(driven).refusals.map(({ rank }) => rank)).toEqual(Array.from({ length: 32 }, (_, index) => index + 9));
});

test('who comes too late is told to wait, without a word in the log', () => {
  const visited = connect(leading(), 4, 30);
  const told = after(visited, 31, framed(4, 7, helloOf(visited, 1)));
  expect(saidOn(told, 4)).toEqual([{ kind: 'wait', reason: 'the launcher before you still holds rank 1' }]);
  expect(kinds(told)).toEqual(['sendFrame', 'closeLink']);
  expect(says(told)).toEqual([]);
});

test('remarks on a member that fits are said', () => {
  const gpu = [{ field: 'gpu model', value: 'H100', digest: 'aa' }];
  const visited = connect(gating(), 4, 2);
  const { fields } = visited.state.base.self;
  const told = after(visited, 3, framed(4, 1, helloOf(visited, 1, { fields: [...fields, ...gpu] })));
  expect(says(told)[0]).toBe('rank 1: gpu model differs: leader has none, member has "H100"');
});

test('heartbeats go to every member each 250 ms, with phase, readiness, epoch and who is missing', () => {
  const beat = tick(joinedBy(gating({ size: 3 }), 1, 5), 5);
  expect(done(beat, 'sendFrame')).toEqual([
    {
      kind: 'sendFrame',
      link: 1,
      epoch: null,
      body: { kind: 'heartbeat', phase: 'joining', ready: false, missing: [2] },
    },
  ]);
  expect(done(tick(beat, 254), 'sendFrame')).toEqual([]);
  expect(done(tick(beat, 255), 'sendFrame')).toHaveLength(1);
  expect(done(tick(leadingReady(), 255), 'sendFrame')).toEqual([
    {
      kind: 'sendFrame',
      link: 1,
      epoch: theEpoch,
      body: { kind: 'heartbeat', phase: 'ready', ready: true, missing: [] },
    },
  ]);
  expect(done(tick(welcomed(), 251), 'sendFrame')).toEqual([
    {
      kind: 'sendFrame',
      link: 9,
      epoch: null,
      body: { kind: 'heartbeat', phase: 'joining', ready: false, missing: [] },
    },
  ]);
});

test('a large group names the first 64 that are missing', () => {
  const [beat] = done(tick(joinedBy(gating({ size: 200 }), 1, 5), 5), 'sendFrame');
  expect(beat?.body).toMatchObject({ missing: Array.from({ length: 64 }, (_, index) => index + 2) });
});

test('a heartbeat tells phase and readiness, and that its sender lives', () => {
  const beat = after(leading(), 700, framed(1, 1, { kind: 'heartbeat', phase: 'ready', ready: true, missing: [] }));
  expect(groupOf(beat).peers[0]).toMatchObject({ phase: 'ready', ready: true, heardMs: 700 });
});

test('any frame of a member tells that it lives, but not one of another incarnation', () => {
  expect(groupOf(after(leading(), 700, framed(1, 1, { kind: 'drained' }))).peers[0]?.heardMs).toBe(700);
  const stale = after(leading(), 700, framed(1, 5, { kind: 'report', cause: anyCause, ageMs: 0 }));
  expect(groupOf(stale).peers[0]?.heardMs).toBe(5);
  expect(stale.state.phase).toBe('starting');
});

test.each([
  ['of another start', { leader: 'node0', counter: 2 }, 'starting'],
  ['of another leader', { leader: 'other', counter: 1 }, 'starting'],
  ['of this start', theEpoch, 'stopping'],
  ['from before the start', null, 'stopping'],
])('a report %s (%j) leaves the leader in %s', (_, epoch, phase) => {
  const told = after(leading(), 700, framed(1, 1, { kind: 'report', cause: anyCause, ageMs: 0 }, epoch));
  expect(told.state.phase).toBe(phase);
  expect(groupOf(told).peers[0]?.heardMs).toBe(700);
});

test.each([
  ['report', { kind: 'report', cause: anyCause, ageMs: 0 }],
  ['stop-asked', { kind: 'stop-asked', by: 'x' }],
] as const)('a worker takes no %s from its leader', (_, body) => {
  expect(after(following(), 700, framed(9, 0, body)).state.phase).toBe('starting');
});

test.each([
  ['start', { kind: 'start', epoch: { leader: 'x', counter: 9 } }],
  ['stop', { kind: 'stop', mode: 'fault', cause: anyCause, ageMs: 0 }],
  ['drained', { kind: 'drained' }],
  ['verdict', { kind: 'verdict', cause: anyCause }],
  ['welcome', { kind: 'welcome', rank: 0, host: 'x' }],
  ['wait', { kind: 'wait', reason: 'x' }],
  ['refused', { kind: 'refused', name: 'mismatch', reason: 'x' }],
  ['challenge', { kind: 'challenge', key: 'x', generation: null }],
] as const)('the leader takes no %s from a worker', (_, body) => {
  const told = after(leading(), 700, framed(1, 1, body));
  expect(told.state.phase).toBe('starting');
  expect(kinds(told)).toEqual([]);
});

test('a frame that cannot be read is said if a member sent it, and the link lives', () => {
  const garbage = after(leading(), 700, { kind: 'frameRejected', link: 1, reason: 'not JSON' });
  expect(says(garbage)).toEqual(['cannot read a frame of rank 1: not JSON']);
  expect(kinds(garbage)).toEqual([]);
  expect(groupOf(garbage).peers[0]?.heardMs).toBe(5);
});

test('a stranger that sends garbage is shown out, and said once for each address', () => {
  const garbage = after(connect(gating(), 4, 2), 3, { kind: 'frameRejected', link: 4, reason: 'not JSON' });
  expect(kinds(garbage)).toEqual(['closeLink']);
  expect(says(garbage)).toEqual(['cannot read what 10.0.0.4 says on the group port: not JSON']);
  expect(groupOf(garbage).pending).toEqual([]);
  const again = after(connect(garbage, 4, 4), 5, { kind: 'frameRejected', link: 4, reason: 'not JSON' });
  expect(kinds(again)).toEqual(['closeLink']);
  expect(says(again)).toEqual([]);
  expect(says(after(connect(garbage, 5, 4), 5, { kind: 'frameRejected', link: 5, reason: 'x' }))).toHaveLength(1);
});

test('a stranger that goes again leaves nothing behind', () => {
  expect(groupOf(after(connect(gating(), 4, 2), 3, { kind: 'linkClosed', link: 4, reason: 'x' })).pending).toEqual([]);
});

// Rank 1 was heard at 5 ms for the last time.
const silentUntil = (atMs: number) => tick(leading(), atMs);

test('a silent member is asked for by a fresh connection', () => {
  expect(done(silentUntil(1_504), 'probePeer')).toEqual([]);
  expect(done(silentUntil(1_505), 'probePeer')).toEqual([{ kind: 'probePeer', rank: 1, host: 'node1', port: 9_441 }]);
});

test.each([
  ['refuses', 'refused', 'stopping'],
  ['answers', 'reachable', 'starting'],
  ['cannot be reached', 'unreachable', 'starting'],
] as const)('a silent member that %s (%s) leaves the leader in %s', (_, answer, phase) => {
  expect(after(silentUntil(1_505), 1_600, { kind: 'peerProbed', rank: 1, answer }).state.phase).toBe(phase);
});

test('a refused connection counts only while its member is silent, and only if it was asked', () => {
  const heardAgain = after(silentUntil(1_505), 1_550, framed(1, 1, { kind: 'drained' }));
  const late = after(heardAgain, 1_600, { kind: 'peerProbed', rank: 1, answer: 'refused' });
  expect(late.state.phase).toBe('starting');
  expect(groupOf(late).peers[0]).toMatchObject({ probing: false });
  expect(after(leading(), 700, { kind: 'peerProbed', rank: 1, answer: 'refused' }).state.phase).toBe('starting');
  expect(after(silentUntil(1_505), 1_600, { kind: 'peerProbed', rank: 4, answer: 'refused' }).state.phase).toBe(
    'starting',
  );
});

test('an unreachable member is lost after five seconds, and its link closed', () => {
  const asked = after(silentUntil(1_505), 2_505, { kind: 'peerProbed', rank: 1, answer: 'unreachable' });
  expect(tick(asked, 5_004).state.phase).toBe('starting');
  const lost = tick(asked, 5_005);
  expect(lost.state.phase).toBe('stopping');
  expect(groupOf(lost).peers).toEqual([]);
  expect(done(lost, 'closeLink')).toEqual([{ kind: 'closeLink', link: 1 }]);
  expect(saidOn(lost, 1)).toEqual([]);
  expect(lost.state.base.verdict).toMatchObject({ happenedMs: 5, cause: { kind: 'peer-lost', rank: 1, code: 75 } });
});

test('a wedged member is told what became of it before its link is closed', () => {
  let driven = silentUntil(1_505);
  for (let atMs = 1_600; atMs < 20_000; atMs += 600)
    driven = after(driven, atMs, { kind: 'peerProbed', rank: 1, answer: 'reachable' });
  expect(tick(driven, 20_004).state.phase).toBe('starting');
  const lost = tick(driven, 20_005);
  const { verdict } = lost.state.base;
  expect(verdict).toMatchObject({ happenedMs: 5, cause: { kind: 'peer-lost', rank: 1 } });
  expect(saidOn(lost, 1)).toEqual([{ kind: 'stop', mode: 'fault', cause: verdict?.cause, ageMs: 20_000 }]);
  expect(kinds(lost).at(-1)).toBe('closeLink');
});

test('a closed link is a death at once', () => {
  const closed = after(leading(), 700, { kind: 'linkClosed', link: 1, reason: 'reset' });
  expect(closed.state.phase).toBe('stopping');
  expect(done(closed, 'closeLink')).toEqual([]);
  expect(closed.state.base.verdict).toMatchObject({
    happenedMs: 700,
    cause: { kind: 'peer-lost', rank: 1, seenBy: 0 },
  });
});

test('a member that goes before the start may come back', () => {
  const closed = after(joinedBy(gating({ size: 3 }), 1, 5), 700, { kind: 'linkClosed', link: 1, reason: 'reset' });
  expect(closed.state.phase).toBe('joining');
  expect(says(closed)).toEqual(['rank 1 (node1) is gone again (closed)']);
  expect(groupOf(joinedBy(closed, 1, 800)).peers).toHaveLength(1);
});

test('a member that is lost in silence before the start has its link closed', () => {
  const silent = tick(joinedBy(gating({ size: 3 }), 1, 5), 1_505);
  const driven = after(silent, 1_600, { kind: 'peerProbed', rank: 1, answer: 'refused' });
  expect(driven.state.phase).toBe('joining');
  expect(done(driven, 'closeLink')).toEqual([{ kind: 'closeLink', link: 1 }]);
});

test('a group without a link is never woken for one', () => {
  expect(groupWakeMs({ ...groupOf(leading()), role: 'none' }, 5_000)).toBe(Infinity);
  expect(groupWakeMs(groupOf(gating()), 5_000)).toBe(Infinity);
  expect(groupWakeMs({ ...groupOf(leading()), nextBeatMs: 260 }, 5_000)).toBe(260);
  expect(groupWakeMs({ ...groupOf(leading()), nextBeatMs: 9_000 }, 5_000)).toBe(1_505);
});

test('our lateness is forgiven to all', () => {
  const { peers } = forgiveAll(groupOf(joinedBy(joinedBy(gating({ size: 3 }), 1, 5), 2, 6)), 100, 1_000);
  expect(peers.map((peer) => peer.heardMs)).toEqual([105, 106]);
});
