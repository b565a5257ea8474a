// What our processes do while they are told to stop, or are about to be.
import type { ProcessName } from '#core/plan/plan.ts';

import { allEnded, withEnd, withProcess } from './children.ts';
import type { Effect } from './effect.ts';
import { engineDied, exitCause } from './ending.ts';
import type { EventOf } from './event.ts';
import { seen } from './scan.ts';
import type { ChildEnd, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { enterSweeping } from './sweep.ts';
import { drained, tellCause } from './tell.ts';
import { restAtMs, terminateEngine, terminateHead, terminateMain } from './terminate.ts';
import { askTail, isOurs, judged, tellJudged } from './verdict.ts';

type Stopping = StateOf<'draining' | 'stopping'>;

/** Returns the step after a process of ours ended before it was told to: a leader that drains hears of it. */
export function endedWhileDraining(state: StateOf<'draining'>, event: EventOf<'childExited'>): Step {
  const end = { code: event.code, signal: event.signal, atMs: event.atMs };
  const { base, engine } = state;
  const cause = exitCause(base, engine, event.name, end);
  const words = base.self.rank === 0 ? [] : tellCause(base, { cause, happenedMs: base.nowMs });
  const step = afterEnd(state, event.name, end);
  return { state: step.state, effects: [...words, ...step.effects] };
}

/** Returns the step after a process of ours ended as it was told to. */
export const endedAsTold = (state: StateOf<'stopping'>, event: EventOf<'childExited'>): Step =>
  afterEnd(state, event.name, { code: event.code, signal: event.signal, atMs: event.atMs });

/** Returns the step after a process could not be started, when it is not wanted any more. */
export const neverSpawned = (state: Stopping, { name, atMs }: EventOf<'spawnFailed'>): Step =>
  afterEnd(state, name, { code: null, signal: null, atMs });

/** Returns the step after a top process is gone: with the last one the rest of the tree goes, with the engine the others' turn comes. */
export function afterEnd(state: Stopping, name: ProcessName, end: ChildEnd): Step {
  const engine = withEnd(state.engine, name, end);
  const { base, killAtMs } = state;
  const next = { ...state, engine };
  if (next.phase === 'draining' && !allEnded(engine)) return terminateEngine(next);
  const mode = next.phase === 'draining' ? 'asked' : next.mode;
  const asked = next.phase === 'draining' || (mode === 'asked' && next.drainAtMs !== Infinity);
  const turn = asked && name !== 'ray-head' ? drained(base) : [];
  const step =
    next.phase === 'draining' || allEnded(engine)
      ? enterSweeping({ base, engine, mode, killAtMs }, 'gone')
      : stay(mode === 'asked' ? { ...next, restAtMs: restAtMs(base, engine) } : next);
  return { state: step.state, effects: [...turn, ...step.effects] };
}

/** Returns the step after a process was spawned although it is to stop already. */
export function spawnedTooLate(state: Stopping, event: EventOf<'childSpawned'>): Step {
  const next = { ...state, engine: withProcess(state.base, state.engine, event) };
  if (next.phase === 'draining') return stay(next);
  // A head that is spawned now waits for the agents like any other, unless nobody waits any more.
  const waits = next.mode === 'asked' && next.restAtMs !== Infinity;
  return stay(
    next,
    ...(event.name !== 'ray-head' ? terminateMain(next.engine) : waits ? [] : terminateHead(next.engine)),
  );
}

/** Returns the step after a look while stopping: processes may go now, but who went before we told them may be the cause. */
export function seenWhileStopping(state: StateOf<'stopping'>, event: EventOf<'processesSeen'>): Step {
  const { engine, died } = seen(state.engine, event);
  const { base } = state;
  const own = base.verdict?.candidates.some(({ cause }) => isOurs(base, cause)) ?? true;
  if (died === null || own || base.nowMs >= state.judgesUntilMs) return stay({ ...state, engine });
  const cause = engineDied(base, died, died.beside);
  const asked = askTail(judged(base, cause, base.nowMs));
  return stay({ ...state, engine, base: asked.base }, ...tellJudged(base, asked.base, cause, 'seen'), ...asked.effects);
}

/** Returns the state after a look while draining, and the cause if one of the engine's own processes is gone. */
export function seenWhileDraining(
  state: StateOf<'draining'>,
  event: EventOf<'processesSeen'>,
): { readonly state: StateOf<'draining'>; readonly words: readonly Effect[]; readonly died: boolean } {
  const { engine, died } = seen(state.engine, event);
  const { base } = state;
  if (died === null || base.plan.exits !== 'engine') return { state: { ...state, engine }, words: [], died: false };
  const candidate = { cause: engineDied(base, died, died.beside), happenedMs: base.nowMs };
  return { state: { ...state, engine }, words: base.self.rank === 0 ? [] : tellCause(base, candidate), died: true };
}
