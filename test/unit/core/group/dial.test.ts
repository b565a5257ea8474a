import { expect, test } from 'vitest';

import { wakeAtMs } from '#core/supervision/step.ts';

import type { Driven } from '../../../world/drive.ts';
import {
  after,
  as,
  dialed,
  done,
  framed,
  gating,
  joinedBy,
  kinds,
  opened,
  saidOn,
  tick,
  welcomed,
} from '../../../world/drive.ts';

const dialOf = ({ state }: Driven) => state.base.group.dial;
const launched = () => after(opened({ rank: 1, size: 2, dns: false }), 0, { kind: 'launchRequested' });
const dialing = () => tick(after(launched(), 1, { kind: 'listenerOpened' }), 1);
const term = { kind: 'signalReceived', signal: 'SIGTERM' } as const;

test('a worker dials the leader as soon as it listens itself', () => {
  expect(kinds(tick(launched(), 1))).toEqual([]);
  const driven = dialing();
  expect(done(driven, 'openLink')).toEqual([{ kind: 'openLink', host: 'node0', port: 9_441 }]);
  expect(dialOf(driven)).toMatchObject({ state: 'dialing', sinceMs: 1 });
  expect(wakeAtMs(driven.state)).toBe(10_001);
});

test('the leader dials nobody', () => {
  expect(kinds(tick(gating(), 100))).toEqual([]);
});

test('a dial that failed is tried again half a second later', () => {
  const failed = after(dialing(), 40, { kind: 'linkFailed', reason: 'refused' });
  expect(dialOf(failed)).toEqual({ state: 'idle', nextMs: 540, reason: 'refused' });
  expect(kinds(tick(failed, 539))).toEqual([]);
  expect(kinds(tick(failed, 540))).toEqual(['openLink']);
  expect(dialOf(tick(failed, 540))).toMatchObject({ state: 'dialing', reason: 'refused' });
});

test('a failure that nobody waits for changes nothing', () => {
  const open = dialed();
  expect(dialOf(after(open, 5, { kind: 'linkFailed', reason: 'late' }))).toEqual(dialOf(open));
});

test('a dial without an answer is tried again after ten seconds', () => {
  expect(kinds(tick(dialing(), 10_000))).toEqual([]);
  const given = tick(dialing(), 10_001);
  expect(kinds(given)).toEqual([]);
  expect(dialOf(given)).toEqual({ state: 'idle', nextMs: 10_501, reason: 'the leader does not answer' });
});

test('a connection without a word from the leader is given up after five seconds', () => {
  expect(kinds(tick(dialed(), 5_001))).toEqual([]);
  const given = tick(dialed(), 5_002);
  expect(done(given, 'closeLink')).toEqual([{ kind: 'closeLink', link: 9 }]);
  expect(dialOf(given)).toEqual({ state: 'idle', nextMs: 5_502, reason: 'the leader does not answer' });
});

test('a link that comes when nobody waits for it is closed', () => {
  const late = { kind: 'linkOpened', link: 10, address: 'node0', by: 'us' } as const;
  const second = after(dialed(), 5, late);
  expect(done(second, 'closeLink')).toEqual([{ kind: 'closeLink', link: 10 }]);
  expect(dialOf(second)).toMatchObject({ state: 'open', link: 9 });
  expect(kinds(after(after(dialing(), 3, term), 3, late))).toEqual(['closeLink']);
});

test('the challenge is answered with a hello, its fields to be digested with the key', () => {
  const driven = after(dialed(), 3, framed(9, 0, { kind: 'challenge', key: 'secret', generation: null }));
  const { fingerprint } = driven.state.base.self;
  const hello = { rank: 1, size: 2, generation: null, host: 'node1', groupPort: 9_441 };
  expect(done(driven, 'sendHello')).toEqual([
    { kind: 'sendHello', link: 9, key: 'secret', hello, fields: fingerprint },
  ]);
});

test('a welcome makes the leader a peer', () => {
  const { peers, dial } = welcomed().state.base.group;
  expect(dial).toEqual({ state: 'joined', link: 9 });
  expect(peers).toMatchObject([
    { rank: 0, host: 'node0', address: 'node0', port: 9_441, link: 9, heardMs: 3, phase: 'joining' },
  ]);
});

test('who is told to wait tries again a second later', () => {
  const told = after(dialed(), 3, framed(9, 0, { kind: 'wait', reason: 'not now' }));
  expect(done(told, 'closeLink')).toEqual([{ kind: 'closeLink', link: 9 }]);
  expect(dialOf(told)).toEqual({ state: 'idle', nextMs: 1_003, reason: 'not now' });
  expect(kinds(tick(told, 1_003))).toEqual(['openLink']);
});

test('who is refused leaves with the code of the refusal, and dials no more', () => {
  const told = after(dialed(), 3, framed(9, 0, { kind: 'refused', name: 'mismatch', reason: 'size' }));
  expect(dialOf(told)).toEqual({ state: 'closed' });
  expect(kinds(told)).toEqual(['closeLink']);
  expect(as(told, 'settling').base.verdict?.cause).toMatchObject({
    kind: 'refused',
    code: 76,
    rank: 1,
    seenBy: 1,
    message: 'cannot join: the leader refused us: size',
  });
});

test.each([
  ['a refusal', { kind: 'refused', name: 'mismatch', reason: 'x' }],
  ['a welcome', { kind: 'welcome', rank: 1, host: 'x' }],
  ['a start', { kind: 'start', epoch: { leader: 'x', counter: 1 } }],
  ['a challenge', { kind: 'challenge', key: 'k', generation: null }],
] as const)('%s on a link that is not ours is nothing', (_, body) => {
  const driven = after(dialed(), 3, framed(10, 0, body));
  expect(kinds(driven)).toEqual([]);
  expect(driven.state.phase).toBe('joining');
  expect(dialOf(driven)).toMatchObject({ state: 'open' });
});

test('a start before the welcome is nothing', () => {
  const told = after(dialed(), 3, framed(9, 0, { kind: 'start', epoch: { leader: 'x', counter: 1 } }));
  expect(told.state.phase).toBe('joining');
});

test('a link that is closed before the start is dialed again after two seconds', () => {
  for (const open of [dialed(), welcomed()]) {
    const closed = after(open, 10, { kind: 'linkClosed', link: 9, reason: 'reset' });
    expect(dialOf(closed)).toEqual({ state: 'idle', nextMs: 2_010, reason: 'reset' });
    expect(closed.state.phase).toBe('joining');
    expect(closed.state.base.group.peers).toEqual([]);
  }
});

test('another link that is closed changes nothing', () => {
  const closed = after(welcomed(), 10, { kind: 'linkClosed', link: 8, reason: 'reset' });
  expect(dialOf(closed)).toEqual({ state: 'joined', link: 9 });
});

test('a leader that leaves before the start is dialed again after a second', () => {
  const left = after(welcomed(), 10, framed(9, 0, { kind: 'leaving', code: 0 }));
  expect(dialOf(left)).toEqual({ state: 'idle', nextMs: 1_010, reason: 'the leader left' });
  expect(done(left, 'closeLink')).toEqual([{ kind: 'closeLink', link: 9 }]);
});

test('garbage from a leader that has not let us in ends the try', () => {
  const garbage = after(dialed(), 10, { kind: 'frameRejected', link: 9, reason: 'not JSON' });
  expect(done(garbage, 'closeLink')).toEqual([{ kind: 'closeLink', link: 9 }]);
  expect(dialOf(garbage)).toMatchObject({ state: 'idle', nextMs: 2_010 });
});

test('a worker shows out whoever connects to it', () => {
  const visited = after(welcomed(), 10, { kind: 'linkOpened', link: 20, address: 'x', by: 'them' });
  expect(done(visited, 'closeLink')).toEqual([{ kind: 'closeLink', link: 20 }]);
  expect(visited.state.base.group.pending).toEqual([]);
});

test('a worker that leaves before the welcome came says goodbye on its open link', () => {
  expect(saidOn(tick(after(dialed(), 3, term), 3), 9)).toEqual([{ kind: 'leaving', code: 0 }]);
});

test('a leader that leaves says so, and that it was asked to', () => {
  const asked = after(joinedBy(gating({ size: 3 }), 1, 5), 6, term);
  expect(saidOn(tick(asked, 6), 1)).toEqual([
    {
      kind: 'verdict',
      cause: expect.objectContaining({ kind: 'asked', code: 0, message: 'asked to stop by SIGTERM' }),
    },
    { kind: 'leaving', code: 0 },
  ]);
});
