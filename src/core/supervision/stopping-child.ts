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
  const { name, code, signal, atMs } = event;
  const { base, engine } = state;
  const end = { code, signal, atMs };
  const cause = exitCause(base, engine, name, end);
  const words = base.self.rank === 0 ? [] : tellCause(base, { cause, happenedMs: base.nowMs });
  const step = afterEnd(state, name, end);
  return { state: step.state, effects: [...words, ...step.effects] };
}

/** Returns the step after a process of ours ended as it was told to. */
export const endedAsTold = (state: StateOf<'stopping'>, { name, code, signal, atMs }: EventOf<'childExited'>): Step =>
  afterEnd(state, name, { code, signal, atMs });

/** Returns the step after a process could not be started, when it is not wanted any more. */
export const neverSpawned = (state: Stopping, { name, atMs }: EventOf<'spawnFailed'>): Step =>
  afterEnd(state, name, { code: null, signal: null, atMs });

// With the last top process gone the rest of the tree goes, with the engine gone the others' turn comes.
function afterEnd(before: Stopping, name: ProcessName, end: ChildEnd): Step {
  const state = { ...before, engine: withEnd(before.engine, name, end) };
  return state.phase === 'draining' ? drainedAlready(state) : restOf(state, name);
}

function drainedAlready(state: StateOf<'draining'>): Step {
  const step = terminateEngine(state);
  return { state: step.state, effects: [...(allEnded(state.engine) ? drained(state.base) : []), ...step.effects] };
}

function restOf(state: StateOf<'stopping'>, name: ProcessName): Step {
  const { base, engine, mode } = state;
  // There is a turn to wait for only where the stop was asked for.
  const turn = state.drainAtMs !== Infinity && name !== 'ray-head' ? drained(base) : [];
  const rests = mode === 'asked' ? { ...state, restAtMs: restAtMs(base, engine) } : state;
  const step = allEnded(engine) ? enterSweeping(state) : stay(rests);
  return { state: step.state, effects: [...turn, ...step.effects] };
}

/** Returns the step after a process was spawned although it is to stop already. */
export function spawnedTooLate(state: Stopping, event: EventOf<'childSpawned'>): Step {
  const next = { ...state, engine: withProcess(state.base, state.engine, event) };
  if (next.phase === 'draining') return stay(next);
  // A head that is spawned now waits for the agents like any other, unless nobody waits any more.
  const waits = next.restAtMs !== Infinity;
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
