import { expect, test } from 'vitest';

import type { Peer } from '#core/group/peer.ts';
import { forgive, heard, isSuspect, peerWakeMs, probed, watchPeer } from '#core/group/peer.ts';

const peer = (more: Partial<Peer> = {}): Peer => ({
  rank: 1,
  host: 'b',
  address: '10.0.0.2',
  port: 9_441,
  incarnation: 'x',
  link: 4,
  sinceMs: 0,
  heardMs: 1_000,
  forgiven: 0,
  reachableMs: null,
  evidence: 'none',
  probing: false,
  nextProbeMs: 0,
  phase: 'ready',
  ready: true,
  ray: null,
  gpus: null,
  ...more,
});
const timeoutMs = 5_000;

test.each<[string, Partial<Peer>, number, boolean, string | null]>([
  ['a peer heard a moment ago is left alone', {}, 2_499, false, null],
  ['silence of 1.5 s asks for evidence', {}, 2_500, true, null],
  ['a question on its way is not asked again', { probing: true, nextProbeMs: 3_000 }, 3_500, false, null],
  ['a question is asked again after half a second', { nextProbeMs: 3_000 }, 2_999, false, null],
  ['and then it is', { nextProbeMs: 3_000, evidence: 'reachable', reachableMs: 2_900 }, 3_000, true, null],
  ['an answer that never came is asked for again', { probing: true, nextProbeMs: 3_000 }, 6_000, true, null],
  ['unreachable for less than 5 s is not lost', { evidence: 'unreachable', nextProbeMs: 9_000 }, 5_999, false, null],
  ['unreachable for 5 s is lost', { evidence: 'unreachable' }, 6_000, false, 'unreachable'],
  [
    '5 s count from the last success',
    { evidence: 'unreachable', reachableMs: 3_000, nextProbeMs: 9_000 },
    7_999,
    false,
    null,
  ],
  ['and not longer', { evidence: 'unreachable', reachableMs: 3_000 }, 8_000, false, 'unreachable'],
  ['without evidence nobody is lost', { probing: true, nextProbeMs: 30_000 }, 20_999, false, null],
  ['reachable but silent for 20 s is wedged', { evidence: 'reachable', reachableMs: 20_900 }, 21_000, false, 'wedged'],
  [
    'reachable but silent for less is not',
    { evidence: 'reachable', reachableMs: 20_900, nextProbeMs: 22_000 },
    20_999,
    false,
    null,
  ],
  [
    'silent for 20 s and unreachable by now is unreachable',
    { evidence: 'unreachable', reachableMs: 20_000 },
    21_000,
    false,
    'unreachable',
  ],
])('%s', (_, more, nowMs, probe, lost) => {
  const watch = watchPeer(peer(more), nowMs, timeoutMs);
  expect([watch.probe, watch.lost]).toEqual([probe, lost]);
});

test('asking is noted, with the time of the next question', () => {
  const { peer: asked } = watchPeer(peer(), 2_600, timeoutMs);
  expect(asked).toMatchObject({ probing: true, nextProbeMs: 3_100 });
});

test.each([
  { timeoutMs: 800, nowMs: 1_799, suspect: false },
  { timeoutMs: 800, nowMs: 1_800, suspect: true },
  { timeoutMs: 60_000, nowMs: 2_500, suspect: true },
])(
  'with a peer timeout of $timeoutMs ms suspicion at $nowMs ms is $suspect',
  ({ timeoutMs: given, nowMs, suspect }) => {
    expect(isSuspect(peer(), nowMs, given)).toBe(suspect);
    expect(watchPeer(peer(), nowMs, given).probe).toBe(suspect);
  },
);

test('a peer timeout of more than 20 s puts off the end of a wedged one too', () => {
  const silent = peer({ evidence: 'reachable', reachableMs: 30_000 });
  expect(watchPeer(silent, 60_999, 60_000).lost).toBe(null);
  expect(watchPeer(silent, 61_000, 60_000).lost).toBe('wedged');
});

test('what was heard ends all suspicion, and time never runs back', () => {
  const suspected = peer({ evidence: 'unreachable', reachableMs: 500, forgiven: 2, probing: true });
  expect(heard(suspected, 7_000)).toMatchObject({ heardMs: 7_000, evidence: 'none', reachableMs: null, forgiven: 0 });
  expect(heard(suspected, 900).heardMs).toBe(1_000);
});

test('an answer is noted with its time if it was one', () => {
  expect(probed(peer({ probing: true }), 'reachable', 4_000)).toMatchObject({
    probing: false,
    evidence: 'reachable',
    reachableMs: 4_000,
  });
  expect(probed(peer({ probing: true, reachableMs: 3_000 }), 'unreachable', 4_000)).toMatchObject({
    probing: false,
    evidence: 'unreachable',
    reachableMs: 3_000,
  });
});

test('our own lateness is forgiven, but nobody is heard in the future', () => {
  expect(forgive(peer({ reachableMs: 1_200 }), 500, 9_000)).toMatchObject({
    heardMs: 1_500,
    reachableMs: 1_700,
    forgiven: 1,
  });
  expect(forgive(peer({ reachableMs: 1_200 }), 5_000, 2_000)).toMatchObject({ heardMs: 2_000, reachableMs: 2_000 });
  expect(forgive(peer(), 500, 9_000).reachableMs).toBe(null);
});

test('who is always late is forgiven three times in one silence', () => {
  const often = [1, 2, 3, 4].reduce((last) => forgive(last, 100, 9_000), peer());
  expect(often).toMatchObject({ heardMs: 1_300, forgiven: 3 });
  expect(forgive(heard(often, 5_000), 100, 9_000).heardMs).toBe(5_100);
});

test.each<[string, Partial<Peer>, number]>([
  ['when it becomes suspect', {}, 2_500],
  ['at the next question', { nextProbeMs: 3_000 }, 3_000],
  ['when an answer is overdue', { probing: true, nextProbeMs: 3_000 }, 6_000],
  ['when it is lost', { evidence: 'unreachable', probing: true, nextProbeMs: 5_900 }, 6_000],
  ['when it is wedged', { evidence: 'reachable', reachableMs: 20_800, probing: true, nextProbeMs: 21_300 }, 21_000],
])('a peer is looked at again %s', (_, more, wakeMs) => {
  expect(peerWakeMs(peer(more), timeoutMs)).toBe(wakeMs);
  const before = watchPeer(peer(more), wakeMs - 1, timeoutMs);
  const then = watchPeer(peer(more), wakeMs, timeoutMs);
  expect([before.probe, before.lost]).toEqual([false, null]);
  expect(then.probe || then.lost !== null).toBe(true);
});
