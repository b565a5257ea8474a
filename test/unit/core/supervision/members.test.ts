// What members hear of each other is said with its weight, and a cause is told to whom it concerns.
import { expect, test } from 'vitest';

import type { Cause } from '#core/group/cause.ts';

import {
  after,
  anyCause,
  as,
  done,
  following,
  framed,
  gating,
  joinedBy,
  leading,
  leadingReady,
  ready,
  saidOn,
  seen,
  spawned,
  tick,
  top,
  welcomed,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';
import { causeOf } from '../../../world/drive-ray.ts';

const ended = (code: number | null) => ({ kind: 'childExited', epoch: 1, name: 'engine', code, signal: null }) as const;
const said = ({ effects }: Driven) =>
  effects.flatMap((one) =>
    one.kind === 'say' && !one.message.startsWith('phase') ? [`${one.level}: ${one.message}`] : [],
  );
const report = (rank: number, cause: Cause = anyCause) => framed(rank, rank, { kind: 'report', cause, ageMs: 20 });
const leaving = (rank: number, code: number | null) => framed(rank, rank, { kind: 'leaving', code });

test('who comes in and goes again before the start is said', () => {
  const first = joinedBy(gating({ size: 3 }), 1, 5);
  expect(said(first)).toEqual(['info: rank 1 (node1) is in']);
  expect(said(after(first, 9, leaving(1, 3)))).toEqual(['warn: rank 1 (node1) is gone again (left)']);
  expect(said(after(first, 9, report(1)))).toEqual([`warn: rank 1 gave up: ${anyCause.message}`]);
  expect(said(joinedBy(first, 2, 9))).toContain('info: all 3 members are in; starting together');
});

test('a worker says that it starts on the leader’s word, and that it was refused', () => {
  const epoch = { leader: 'node0', counter: 1 };
  expect(said(after(welcomed(), 5, framed(9, 0, { kind: 'start', epoch })))).toEqual([
    'info: the leader started the group',
  ]);
  const asked = after(welcomed(), 5, framed(9, 0, { kind: 'stop', mode: 'asked', cause: anyCause, ageMs: 0 }));
  expect(asked.state.base.asked).toEqual({ by: 'the leader', atMs: 5 });
});

test('a report is what it says: the leader stops all for it and reads no words of its own engine', () => {
  const driven = after(leadingReady(), 200, report(1));
  expect(driven.state.base.verdict).toMatchObject({ cause: anyCause, happenedMs: 180 });
  expect(saidOn(driven, 1)).toEqual([{ kind: 'stop', mode: 'fault', cause: anyCause, ageMs: 20 }]);
  expect(done(driven, 'readTail')).toEqual([]);
  const named = { ...anyCause, rank: 0, seenBy: 0 };
  expect(done(after(leadingReady(), 200, report(1, named)), 'readTail')).toEqual([]);
});

/** The leader of three, ready at 100 ms. */
const three = () => {
  const all = joinedBy(joinedBy(gating({ size: 3 }), 1, 5), 2, 6);
  return after(after(all, 10, spawned), 20, seen(true, top));
};

test('who reports a death in a stop that was asked for is answered, and nobody else', () => {
  const asked = after(after(three(), 200, { kind: 'signalReceived', signal: 'SIGTERM' }), 210, ended(0));
  const told = after(asked, 220, report(2));
  expect([saidOn(told, 1).length, saidOn(told, 2).map(({ kind }) => kind)]).toEqual([0, ['verdict']]);
});

test('a member that says goodbye after a fault is no cause, one that vanishes may be', () => {
  const failed = after(three(), 200, { kind: 'launcherBroke', reason: 'x' });
  expect(after(failed, 210, leaving(1, 70)).state.base.verdict?.candidates).toHaveLength(1);
  const vanished = after(failed, 210, { kind: 'linkClosed', link: 1, reason: 'x' });
  expect(vanished.state.base.verdict?.candidates.map(({ cause }) => cause.kind)).toEqual(['internal', 'peer-lost']);
});

test.each<[string, () => Driven, string]>([
  ['an engine', () => after(ready(), 200, ended(3)), 'error: stopping: rank 0 (node0): vllm serve model ended with 3'],
  [
    'exec',
    () => after(ready({ exits: 'passthrough' }), 200, ended(3)),
    'info: stopping: rank 0 (node0): vllm serve model ended with 3',
  ],
  [
    'a command',
    () => after(ready({ exits: 'command' }), 200, ended(3)),
    'error: stopping: rank 0 (node0): vllm serve model ended with 3',
  ],
  [
    'a command that is done',
    () => after(ready({ exits: 'command' }), 200, ended(0)),
    'info: stopping: rank 0 (node0): vllm serve model ended with 0',
  ],
])('the end of %s is said as what it is', (_, driven, words) => {
  expect(said(driven())).toEqual([words]);
});

test('a bug is an error under exec too', () => {
  const broken = after(ready({ exits: 'passthrough' }), 200, { kind: 'launcherBroke', reason: 'x' });
  expect(said(broken)).toEqual([expect.stringMatching(/^error: stopping: cannot go on/)]);
  expect(done(broken, 'readTail')).toEqual([]);
});

test('a wedged member is told what happened to it, and its link is closed', () => {
  let driven = after(
    leading({ deadlines: { peer: 5_000, startup: 600_000 } }),
    200,
    framed(1, 1, { kind: 'heartbeat', phase: 'x', ready: false, missing: [] }),
  );
  for (let atMs = 1_700; atMs < 20_200; atMs += 100)
    driven = after(driven, atMs, { kind: 'peerProbed', rank: 1, answer: 'reachable' });
  driven = tick(driven, 20_200);
  expect(saidOn(driven, 1)).toEqual([{ kind: 'stop', mode: 'fault', cause: causeOf(driven), ageMs: 20_000 }]);
  expect(done(driven, 'closeLink')).toEqual([{ kind: 'closeLink', link: 1 }]);
  const refused = after(tick(leadingReady(), 1_700), 1_710, { kind: 'peerProbed', rank: 1, answer: 'refused' });
  expect([saidOn(refused, 1), done(refused, 'closeLink').length]).toEqual([[], 1]);
});

test('with two engine cores the last lines do not tell which one died', () => {
  const dp = { pid: 111, startTicks: 8, ppid: 100, title: 'VLLM::EngineCore_DP1' };
  const looked = after(
    ready(),
    150,
    seen(
      true,
      top,
      { ...dp, pid: 101, title: 'VLLM::EngineCore' },
      { ...dp, pid: 102, startTicks: 9, ppid: 101, title: 'VLLM::Worker_TP0' },
      dp,
    ),
  );
  const read = after(after(looked, 200, ended(1)), 220, { kind: 'tailRead', epoch: 1, lines: ['EngineDeadError'] });
  expect(causeOf(read)).toMatchObject({ process: top.title, code: 1 });
});

test('the leader’s last word on an own fault is told once, and each change of it', () => {
  const failed = after(leadingReady({ amendMs: 3_000 }), 200, { kind: 'launcherBroke', reason: 'x' });
  const later = after(failed, 250, report(1, { ...anyCause, code: 5 }));
  expect(saidOn(later, 1)).toEqual([]);
  const sooner = after(failed, 250, framed(1, 1, { kind: 'report', cause: anyCause, ageMs: 200 }));
  expect(saidOn(sooner, 1)).toEqual([{ kind: 'stop', mode: 'fault', cause: anyCause, ageMs: 200 }]);
  expect(as(sooner, 'stopping').mode).toBe('fault');
  expect(following().state.base.verdict).toBeNull();
});
