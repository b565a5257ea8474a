// What the engine's processes do while it is told to stop, or is about to be.
import { withProcess } from './children.ts';
import type { Effect } from './effect.ts';
import { engineDied, exitCause } from './ending.ts';
import type { EventOf } from './event.ts';
import { terminate } from './fault.ts';
import { seen } from './scan.ts';
import type { Base, ChildEnd, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { remark } from './stray.ts';
import { enterSweeping } from './sweep.ts';
import { tellCause, toPeers } from './tell.ts';
import { askTail, isOurs, judged, tellJudged } from './verdict.ts';

type Stopping = StateOf<'draining' | 'stopping'>;

/** Returns the step after the engine's top process ended before it was told to: a leader that drains hears of it. */
export function endedWhileDraining(state: StateOf<'draining'>, event: EventOf<'childExited'>): Step {
  const end = { code: event.code, signal: event.signal, atMs: event.atMs };
  const { base, engine } = state;
  const words =
    base.self.rank === 0 ? [] : tellCause(base, { cause: exitCause(base, engine, end), happenedMs: base.nowMs });
  const step = afterEnd(state, end);
  return { state: step.state, effects: [...words, ...step.effects] };
}

/** Returns the step after the engine's top process ended as it was told to. */
export const endedAsTold = (state: StateOf<'stopping'>, event: EventOf<'childExited'>): Step =>
  afterEnd(state, { code: event.code, signal: event.signal, atMs: event.atMs });

/** Returns the step after the engine could not be started, when it is not wanted any more. */
export const neverSpawned = (state: Stopping, { atMs }: { readonly atMs: number }): Step =>
  state.engine.process === null ? afterEnd(state, { code: null, signal: null, atMs }) : stay(state);

/** Returns the step after something could not be done; a spawn that was not even tried is a spawn that failed. */
export const stoppingFailed = (state: Stopping, event: EventOf<'effectFailed'>): Step =>
  event.effect === 'spawnChild' ? neverSpawned(state, event) : remark(state, event);

/** Returns the step after the top process is gone: the others' turn has come, the rest of the tree goes. */
export function afterEnd(state: Stopping, end: ChildEnd): Step {
  const engine = { ...state.engine, end };
  const { base, killAtMs } = state;
  const asked = state.phase === 'draining' || (state.mode === 'asked' && state.drainAtMs !== Infinity);
  const mode = state.phase === 'draining' ? 'asked' : state.mode;
  const step = enterSweeping({ base, engine, mode, killAtMs }, 'gone');
  return { state: step.state, effects: [...(asked ? drained(base) : []), ...step.effects] };
}

/** Returns what tells the workers that it is their turn to stop. */
export const drained = (base: Base): Effect[] => (base.self.rank === 0 ? toPeers(base, { kind: 'drained' }) : []);

/** Returns the step after a process was spawned although it is to stop already. */
export function spawnedTooLate(state: Stopping, event: EventOf<'childSpawned'>): Step {
  const next = { ...state, engine: withProcess(state.base, state.engine, event) };
  return stay(next, ...(next.phase === 'stopping' ? terminate(next) : []));
}

/** Returns the step after a look while stopping: processes may go now, but who went before we told them may be the cause. */
export function seenWhileStopping(state: StateOf<'stopping'>, event: EventOf<'processesSeen'>): Step {
  const { engine, died } = seen(state.engine, event);
  const { base } = state;
  const own = base.verdict?.candidates.some(({ cause }) => isOurs(base, cause)) ?? true;
  if (died === null || own || base.nowMs >= state.judgesUntilMs) return stay({ ...state, engine });
  const cause = engineDied(base, died);
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
  const candidate = { cause: engineDied(base, died), happenedMs: base.nowMs };
  return { state: { ...state, engine }, words: base.self.rank === 0 ? [] : tellCause(base, candidate), died: true };
}
