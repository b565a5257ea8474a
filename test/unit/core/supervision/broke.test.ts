import { expect, test } from 'vitest';

import { step } from '#core/supervision/step.ts';

import { after, as, done, following, gating, opened, ready, tick, top } from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';

const bug = { kind: 'launcherBroke', reason: 'x is undefined' } as const;
const sentence = /^cannot go on: internal error in the launcher of rank 0 \(\S+\): x is undefined; please report it$/;

test.each([
  ['before the first gate', () => opened({ rank: 0, size: 1 })],
  ['at the group gate', () => gating()],
])('%s a bug ends the launch with 70, and nothing is started', (_, driven) => {
  const broken = after(driven(), 5, bug);
  expect(broken.state.phase).toBe('settling');
  expect(broken.state.base.verdict?.cause).toMatchObject({
    kind: 'internal',
    code: 70,
    rank: 0,
    decidedBy: 'launcher',
  });
  expect(broken.state.base.verdict?.cause.message).toMatch(sentence);
  expect(done(broken, 'spawnChild')).toEqual([]);
  expect(broken.state.base.group.admitting).toBe(false);
});

test('while the engine runs a bug is a fault like any other: SIGTERM at once', () => {
  const broken = after(ready(), 200, bug);
  expect(broken.state.phase).toBe('stopping');
  expect(done(broken, 'signalProcess')).toEqual([
    { kind: 'signalProcess', process: { pid: top.pid, startTicks: top.startTicks }, signal: 'SIGTERM' },
  ]);
  expect(broken.state.base.verdict?.cause).toMatchObject({ kind: 'internal', code: 70, seenBy: 0 });
  expect(done(broken, 'readTail')).toHaveLength(1);
});

test('while all stops a bug is said, and the stop goes on', () => {
  const asked = after(ready(), 200, { kind: 'signalReceived', signal: 'SIGTERM' });
  const broken = after(asked, 210, bug);
  expect(broken.state.phase).toBe(asked.state.phase);
  expect(broken.state.base.verdict).toBeNull();
  expect(broken.effects).toEqual([{ kind: 'say', level: 'error', message: expect.stringMatching(sentence) as string }]);
});

test('a sweep that was suspended for longer than it may last goes on where it was', () => {
  const { state } = after(ready(), 200, { kind: 'childExited', epoch: 1, name: 'engine', code: 1, signal: null });
  const { giveUpAtMs } = as({ state, effects: [] }, 'sweeping');
  const suspendedMs = 60_000;
  const thawed = step(state, { kind: 'timePassed', lateMs: suspendedMs, atMs: 210 + suspendedMs });
  expect(as(thawed, 'sweeping').giveUpAtMs).toBe(giveUpAtMs + suspendedMs);
  expect(
    tick(after({ state, effects: [] }, 210, { kind: 'signalReceived', signal: 'SIGCONT' }), giveUpAtMs).state.phase,
  ).not.toBe('sweeping');
});

test('a worker that was suspended while it waited for the verdict waits on', () => {
  const died = after(following(), 200, { kind: 'childExited', epoch: 1, name: 'engine', code: 3, signal: null });
  const until = ({ state }: Driven) => state.base.verdict?.freezeAtMs ?? 0;
  const thawed = step(died.state, { kind: 'timePassed', lateMs: 30_000, atMs: 30_210 });
  expect(until(thawed)).toBe(until(died) + 30_000);
  const slow = step(died.state, { kind: 'timePassed', lateMs: 400, atMs: 610 });
  expect(until(slow)).toBe(until(died));
});
