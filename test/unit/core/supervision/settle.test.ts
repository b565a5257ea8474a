// The end: what was killed or is left is named, and we leave with the engine's status, the group's or our own.
import { expect, test } from 'vitest';

import type { Effect } from '#core/supervision/effect.ts';

import {
  after,
  as,
  core,
  done,
  following,
  framed,
  ready,
  saidOn,
  says,
  seen,
  started,
  tick,
  top,
  worker,
} from '../../../world/drive.ts';
import type { Driven } from '../../../world/drive.ts';

const term = { kind: 'signalReceived', signal: 'SIGTERM' } as const;
const ends = (code: number | null, signal: string | null = null) =>
  ({ kind: 'childExited', epoch: 1, name: 'engine', code, signal }) as const;
const aged = (...alive: (typeof top)[]) => alive.map((seen) => ({ ...seen, ageMs: 5 }));

/** The machine after passes that find these, every 20 ms, until its sweep is over. */
function swept(before: Driven, ...alive: (typeof top)[]): Driven {
  let driven = before;
  const survivors = aged(...alive);
  while (driven.state.phase === 'sweeping') {
    const { giveUpAtMs, base } = as(driven, 'sweeping');
    const atMs = base.nowMs + 20;
    driven =
      atMs >= giveUpAtMs ? tick(driven, giveUpAtMs) : after(driven, atMs, { kind: 'treeSwept', epoch: 1, survivors });
  }
  return driven;
}
const codes = (driven: Driven) => done(driven, 'finish').map(({ code }) => code);
const warnings = (effects: readonly Effect[]) =>
  effects.flatMap((one) => (one.kind === 'say' && one.level === 'warn' ? [one.message] : []));

/** A single engine that is deaf to SIGTERM, at the end of its grace time. */
const deaf = (wish = {}) => tick(after(ready(wish), 200, term), 25_200);
const all = 'vllm serve model (pid 100), VLLM::EngineCore (pid 101), VLLM::Worker_TP0 (pid 102)';

test('a tree that has to be killed when asked to stop is named, and we leave with 137', () => {
  expect(done(deaf(), 'sweepTree')).toMatchObject([{ signal: 'SIGKILL', spareTrackers: true }]);
  const over = swept(after(deaf(), 25_210, ends(null, 'SIGKILL')));
  expect(codes(over)).toEqual([137]);
  expect(warnings(over.effects)).toEqual([`had to kill: ${all}`]);
  const cause = {
    kind: 'stop-forced',
    code: 137,
    rank: 0,
    host: 'node0',
    seenBy: 0,
    decidedBy: 'launcher',
    message: `had to be killed when asked to stop: ${all}`,
  };
  const atMs = over.state.base.nowMs;
  const verdict = { happenedMs: atMs, freezeAtMs: atMs, frozen: true, tail: 'none', suspect: null };
  expect(over.state.base.verdict).toMatchObject({ ...verdict, cause, candidates: [{ cause, happenedMs: atMs }] });
});

test('an engine that ends by itself in the last moment was not killed, its children were', () => {
  const over = swept(after(deaf(), 25_210, ends(0)));
  expect(codes(over)).toEqual([0]);
  expect(warnings(over.effects)).toEqual(['had to kill: VLLM::EngineCore (pid 101), VLLM::Worker_TP0 (pid 102)']);
  expect(over.state.base.verdict).toBeNull();
});

test('an engine that leaves children behind when asked to stop was not forced', () => {
  const ended = after(after(ready(), 200, term), 300, ends(0));
  const killed = swept(ended, core, worker);
  expect(killed.state.base.verdict).toBeNull();
  expect(warnings(killed.effects)[0]).toBe('had to kill: VLLM::EngineCore (pid 101), VLLM::Worker_TP0 (pid 102)');
});

test('what cannot be killed is named, and we leave with 71', () => {
  const over = swept(after(after(ready(), 200, term), 300, ends(0)), worker);
  expect(warnings(over.effects)).toContain('cannot get rid of: VLLM::Worker_TP0 (pid 102)');
  expect(codes(over)).toEqual([71]);
});

test('a clean stop says nothing and leaves with 0', () => {
  const over = swept(after(after(ready(), 200, term), 300, ends(null, 'SIGTERM')));
  expect([codes(over), warnings(over.effects)]).toEqual([[0], []]);
});

test.each<[string, () => Driven, number]>([
  ['its code', () => after(after(ready({ exits: 'passthrough' }), 200, term), 300, ends(7)), 7],
  ['its signal', () => after(after(ready({ exits: 'passthrough' }), 200, term), 300, ends(null, 'SIGTERM')), 143],
  ['137 where it does not even end then', () => deaf({ exits: 'passthrough' }), 137],
  ['its code in the last moment', () => after(deaf({ exits: 'passthrough' }), 25_210, ends(3)), 3],
])('any other command is asked to stop and gives %s', (_, driven, code) => {
  expect(codes(swept(driven()))).toEqual([code]);
});

test('after a fault what was killed is no cause, and the status is that of the fault', () => {
  const failed = after(ready(), 200, { kind: 'launcherBroke', reason: 'x' });
  const { killAtMs } = as(failed, 'stopping');
  const over = swept(after(tick(failed, killAtMs), killAtMs + 10, ends(null, 'SIGKILL')));
  const read =
    over.state.phase === 'ended'
      ? over
      : after(over, over.state.base.nowMs + 5, { kind: 'tailRead', epoch: 1, lines: [] });
  expect([read.state.base.verdict?.cause.kind, codes(read)]).toEqual(['internal', [70]]);
  expect(warnings(over.effects)).toContain(`had to kill: ${all}`);
});

test('after a fault the last lines are waited for, as long as the cause may be amended', () => {
  const settled = swept(after(ready(), 200, ends(3)));
  expect(as(settled, 'settling')).toMatchObject({
    mode: 'fault',
    untilMs: 700,
    base: { verdict: { tail: 'awaited' } },
  });
  expect(codes(tick(settled, 699))).toEqual([]);
  expect(codes(tick(settled, 700))).toEqual([3]);
  const read = after(settled, 500, { kind: 'tailRead', epoch: 1, lines: ['ValueError: no'] });
  expect(codes(read)).toEqual([3]);
  expect(read.state.base.verdict).toMatchObject({
    frozen: true,
    tail: 'none',
    cause: { lastLines: ['ValueError: no'] },
  });
});

test('where no last lines are awaited we leave at once', () => {
  const over = swept(after(ready({ exits: 'passthrough' }), 200, ends(3)));
  expect(codes(over)).toEqual([3]);
});

test('a worker leaves with its own status when it was asked to stop, and says so', () => {
  const asked = after(after(following(), 200, term), 210, framed(9, 0, { kind: 'drained' }));
  const over = swept(after(asked, 300, ends(0)));
  expect(codes(over)).toEqual([0]);
  expect(saidOn(over, 9)).toEqual([{ kind: 'leaving', code: 0 }]);
});

test('a worker waits for the verdict of its leader a peer timeout longer than that may be amended', () => {
  const settled = swept(after(following(), 200, ends(3)));
  expect(as(settled, 'settling').untilMs).toBe(5_700);
  const told = after(settled, 600, { kind: 'tailRead', epoch: 1, lines: ['x'] });
  expect(told.state.phase).toBe('settling');
  expect(saidOn(told, 9)).toMatchObject([{ kind: 'report', cause: { lastLines: ['x'] } }]);
});

test('of a process that is swept in passes each is named once', () => {
  const ended = after(after(ready(), 200, term), 300, ends(0));
  const over = swept(ended, worker);
  expect(warnings(over.effects)[0]).toBe('had to kill: VLLM::Worker_TP0 (pid 102)');
});

test('Python’s resource trackers are spared for 1.5 s, and not named', () => {
  const tracker = { ...worker, pid: 103, title: 'python -c from multiprocessing.resource_tracker import main' };
  const ended = after(after(ready(), 200, term), 300, ends(0));
  let driven = after(ended, 320, { kind: 'treeSwept', epoch: 1, survivors: aged(core, tracker) });
  const { killAtMs } = as(driven, 'sweeping');
  expect(killAtMs).toBe(2_300);
  driven = after(driven, killAtMs, { kind: 'treeSwept', epoch: 1, survivors: aged(core, tracker) });
  driven = tick(driven, killAtMs);
  expect(done(driven, 'sweepTree')).toMatchObject([{ signal: 'SIGKILL', spareTrackers: true }]);
  expect(as(driven, 'sweeping').killed.map(({ pid }) => pid)).toEqual([101]);
  driven = after(driven, killAtMs + 1_500, { kind: 'treeSwept', epoch: 1, survivors: aged(tracker) });
  driven = tick(driven, killAtMs + 1_500);
  expect(done(driven, 'sweepTree')).toMatchObject([{ signal: 'SIGKILL', spareTrackers: false }]);
});

test('a sweep begins with SIGTERM to all, waits for who was told and looks five times for nobody', () => {
  let driven = after(after(ready(), 200, term), 300, ends(0));
  expect(done(driven, 'sweepTree')).toMatchObject([{ signal: 'SIGTERM', epoch: 1 }]);
  driven = after(driven, 310, { kind: 'treeSwept', epoch: 1, survivors: aged(core) });
  driven = tick(driven, 310);
  expect(done(driven, 'sweepTree')).toMatchObject([{ signal: null }]);
  expect(as(driven, 'sweeping').nextPassMs).toBe(360);
  driven = after(driven, 320, { kind: 'treeSwept', epoch: 1, survivors: [] });
  driven = tick(driven, 360);
  expect(as(driven, 'sweeping').nextPassMs).toBe(370);
  for (let atMs = 361; atMs < 364; atMs += 1)
    driven = after(driven, atMs, { kind: 'treeSwept', epoch: 1, survivors: [] });
  expect(as(driven, 'sweeping').emptyPasses).toBe(4);
  expect(after(driven, 365, { kind: 'treeSwept', epoch: 1, survivors: [] }).state.phase).toBe('ended');
});

test('a spawn that fails in the sweep was the last thing that could come', () => {
  const { state } = deaf();
  const sweeping = as({ state, effects: [] }, 'sweeping');
  const engine = { ...sweeping.engine, children: [{ name: 'engine', process: null, end: null } as const] };
  let driven: Driven = { state: { ...sweeping, engine, emptyPasses: 4 }, effects: [] };
  driven = after(driven, 25_210, { kind: 'treeSwept', epoch: 1, survivors: [] });
  expect(driven.state.phase).toBe('sweeping');
  const failed = { kind: 'spawnFailed', epoch: 1, name: 'engine', why: 'os', reason: 'x' } as const;
  expect(after(driven, 25_220, failed).state.phase).toBe('ended');
  const early = { ...as(driven, 'sweeping'), emptyPasses: 1 };
  const ended = as(after({ state: early, effects: [] }, 25_220, failed), 'sweeping').engine.children[0]?.end;
  expect(ended).toEqual({ code: null, signal: null, atMs: 25_220 });
});

test('who waits in vain for the answer of a pass asks again, and waits longer once nobody is found', () => {
  const sweeping = after(after(started(), 200, term), 300, ends(0));
  expect(as(sweeping, 'sweeping')).toMatchObject({ sweeping: true, nextPassMs: 310, giveUpAtMs: 12_300 });
  expect(done(tick(sweeping, 5_309), 'sweepTree')).toEqual([]);
  expect(done(tick(sweeping, 5_310), 'sweepTree')).toHaveLength(1);
  expect(says(tick(sweeping, 12_300))).toContain('had to kill: VLLM::EngineCore (pid 101), VLLM::Worker_TP0 (pid 102)');
});

test('a top process that had died by itself was not killed by us, though no pass told of it', () => {
  const died = after(ready(), 200, ends(null, 'SIGKILL'));
  const killed = as(tick(died, 5_210), 'sweeping').killed;
  expect(killed.map(({ pid }) => pid)).toEqual([101, 102]);
});

test('no more than 50 of the killed are remembered', () => {
  const many = [...Array.from({ length: 60 }).keys()].map((at) => ({ ...worker, pid: 200 + at, ppid: 100 }));
  const looked = after(started(), 30, seen(true, top, core, worker, ...many));
  const deafAtLast = tick(after(looked, 200, term), 25_200);
  expect(as(deafAtLast, 'sweeping').killed).toHaveLength(50);
});

test('a process that is there no more, but whose end was not told, is looked for more slowly', () => {
  let driven = deaf();
  const everyMs: number[] = [];
  for (let pass = 1; pass <= 6; pass += 1) {
    driven = after(driven, driven.state.base.nowMs + 1, { kind: 'treeSwept', epoch: 1, survivors: [] });
    driven = tick(driven, as(driven, 'sweeping').nextPassMs);
    everyMs.push(as(driven, 'sweeping').nextPassMs - driven.state.base.nowMs);
  }
  expect(everyMs).toEqual([10, 10, 10, 10, 50, 50]);
  expect(after(driven, driven.state.base.nowMs, ends(null, 'SIGKILL')).state.phase).toBe('ended');
});
