// Something died, failed or is lost: the stop begins at once, the cause may be amended until it is frozen. What we saw
// ourselves is told to the others; what we heard is told on by the leader only, and only where it changes the cause.
import type { Cause, Verdict } from '#core/group/cause.ts';
import { amend, openVerdict } from '#core/group/cause.ts';

import type { Effect } from './effect.ts';
import type { Base, Engine, State, StateOf, Step } from './state.ts';
import { epochOf, stay } from './state.ts';
import { enterSweeping } from './sweep.ts';
import { sayCause, tellCause } from './tell.ts';

// After a fault nobody drains: the engine gets this long (or the grace time, if shorter) before the tree is killed.
const faultGraceMs = 10_000;

/** Whether this launcher saw it, or another one told it. */
export type Origin = 'seen' | 'heard';

type Running = { readonly base: Base; readonly engine: Engine };

/** Returns the step of a fault before anything was started: there is nothing to stop. */
export function endWith(before: Base, cause: Cause, origin: Origin, happenedMs = before.nowMs): Step {
  const base = judged(before, cause, happenedMs);
  const group = { ...base.group, admitting: false };
  const untilMs = verdictUntilMs(base);
  const state: State = { phase: 'settling', base: { ...base, group }, mode: 'fault', code: cause.code, untilMs };
  return stay(state, ...tell(before, base, cause, origin), sayCause(cause));
}

/** Returns the step of a fault while the engine runs: SIGTERM at once, or the sweep if its top process is gone. */
export function fault(state: Running, cause: Cause, origin: Origin, happenedMs = state.base.nowMs): Step {
  const told = judged(state.base, cause, happenedMs);
  const asks = origin === 'seen' && hasOutput(state) && cause.kind !== 'peer-lost';
  const base = asks ? awaitTail(told) : told;
  const next: StateOf<'stopping'> = {
    phase: 'stopping',
    base,
    engine: state.engine,
    mode: 'fault',
    drainAtMs: Infinity,
    killAtMs: killAtMs(base),
  };
  const first = state.engine.end === null ? stay(next, ...terminate(next)) : enterSweeping(next, 'ended');
  const readTail: Effect[] = asks ? [{ kind: 'readTail', epoch: epochOf(base) }] : [];
  const words = [...tell(state.base, base, cause, origin), sayCause(cause), ...readTail];
  return { state: first.state, effects: [...first.effects, ...words] };
}

/** Returns the step of one more cause while we stop because of another: the better one stays. */
export function note<S extends StateOf<'stopping' | 'sweeping' | 'settling'>>(
  state: S,
  cause: Cause,
  origin: Origin,
  happenedMs = state.base.nowMs,
): { readonly state: S; readonly effects: readonly Effect[] } {
  const base = judged(state.base, cause, happenedMs);
  return { state: { ...state, base }, effects: tell(state.base, base, cause, origin) };
}

/** Returns the base with a cause judged: the first one opens the verdict, a later one may amend it. */
export function judged(base: Base, cause: Cause, happenedMs: number): Base {
  const { verdict, plan, nowMs } = base;
  if (verdict === null) return { ...base, verdict: openVerdict(cause, happenedMs, nowMs, plan.amendMs) };
  return { ...base, verdict: amend(verdict, cause, happenedMs) };
}

/** Returns what the others are told after a cause was judged. */
export function tell(before: Base, after: Base, cause: Cause, origin: Origin): Effect[] {
  const { verdict, self } = after;
  if (verdict === null || before.verdict === verdict) return [];
  if (self.rank === 0) return before.verdict?.cause === verdict.cause ? [] : tellCause(after, verdict);
  return origin === 'seen' ? reportOf(after, verdict, cause) : [];
}

function reportOf(base: Base, verdict: Verdict, cause: Cause): Effect[] {
  const said = verdict.candidates.find((candidate) => candidate.cause === cause);
  return tellCause(base, said ?? verdict);
}

/** Returns when the tree is killed after a fault. */
export const killAtMs = ({ nowMs, plan }: Base): number =>
  nowMs + Math.min(plan.document.deadlines.grace, faultGraceMs);

/** Returns until when the verdict is waited for; a leader that cannot be heard any more is lost by then. */
export const verdictUntilMs = ({ verdict, nowMs, plan, self }: Base): number =>
  (verdict?.freezeAtMs ?? nowMs) + (self.rank === 0 ? 0 : plan.document.deadlines.peer);

/** Returns the SIGTERM to the engine's top process, if there is one that lives. */
export const terminate = ({ engine }: Running): Effect[] =>
  engine.process === null || engine.end !== null
    ? []
    : [{ kind: 'signalProcess', process: engine.process, signal: 'SIGTERM' }];

const hasOutput = ({ base, engine }: Running): boolean =>
  engine.process !== null && base.plan.exits !== 'passthrough';

const awaitTail = (base: Base): Base =>
  base.verdict === null ? base : { ...base, verdict: { ...base.verdict, tail: 'awaited' } };
