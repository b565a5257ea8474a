// Events that may come in any phase: a child that came too late, a remark of the edge, the engine's last words.
import type { Candidate, Verdict } from '#core/group/cause.ts';
import { isEcho } from '#core/group/echo.ts';
import { tellsOfDeadCore } from '#upstream/vllm/log-lines.ts';

import { withProcess } from './children.ts';
import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import { settlingTick } from './settle.ts';
import type { State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { isOurs, judged, tellJudged } from './verdict.ts';

/** Returns the step after a process was spawned when nothing may run any more. */
export const killStray = (state: State, event: EventOf<'childSpawned'>): Step =>
  stay(state, { kind: 'signalProcess', process: { pid: event.pid, startTicks: event.startTicks }, signal: 'SIGKILL' });

/** Returns the step after a process was spawned during the sweep: it is told to stop, and swept too. */
export function sweepStray(state: StateOf<'sweeping'>, event: EventOf<'childSpawned'>): Step {
  const { pid, startTicks } = event;
  const engine = withProcess(state.base, state.engine, event);
  const next = { ...state, engine, told: true, emptyPasses: 0 };
  return stay(next, { kind: 'signalProcess', process: { pid, startTicks }, signal: 'SIGTERM' });
}

/** Returns the step after the last lines of the engine's output were read: they may tell that it only noticed another's end. */
export function tailRead<S extends StateOf<'stopping' | 'sweeping' | 'settling'>>(
  state: S,
  event: EventOf<'tailRead'>,
): { readonly state: S; readonly effects: readonly Effect[] } {
  const { verdict, group } = state.base;
  if (verdict === null) return { state, effects: [] };
  const before = { ...state.base, verdict: { ...verdict, tail: 'none' as const } };
  const own = verdict.candidates.find((candidate) => isOurs(state.base, candidate.cause));
  if (own === undefined) return { state: { ...state, base: before }, effects: [] };
  const told = toldBy(verdict, event.lines) ?? own;
  const kind = group.role !== 'none' && isEcho(told.cause, event.lines) ? ('collateral' as const) : told.cause.kind;
  const cause = { ...told.cause, kind, lastLines: event.lines };
  const base = judged(before, cause, told.happenedMs);
  return { state: { ...state, base }, effects: tellJudged(before, base, cause, 'seen') };
}

const toldBy = ({ suspect }: Verdict, lines: readonly string[]): Candidate | null =>
  lines.some(tellsOfDeadCore) ? suspect : null;

/** Returns the step after the last lines were read while nothing else was waited for. */
export function lastTailRead(state: StateOf<'settling'>, event: EventOf<'tailRead'>): Step {
  const read = tailRead(state, event);
  const step = settlingTick(read.state);
  return { state: step.state, effects: [...read.effects, ...step.effects] };
}

/** Returns the step after something of the edge went wrong that stops nothing. */
export const remark = (state: State, event: EventOf<'effectFailed'>): Step =>
  stay(state, warn(`cannot perform ${event.effect}: ${event.reason}`));

/** Returns the step after the status port could not be opened: said, never fatal. */
export const statusPortTaken = (state: State, event: EventOf<'statusPortTaken'>): Step =>
  stay(state, warn(`cannot open the status port: ${event.reason}; going on without it`));

const warn = (message: string): Effect => ({ kind: 'say', level: 'warn', message });
