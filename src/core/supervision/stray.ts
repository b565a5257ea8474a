// Events that may come in any phase: a child that came too late, a remark of the edge, the engine's last words.
import { amend } from '#core/group/cause.ts';

import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import { tell } from './fault.ts';
import { openLedger } from './ledger.ts';
import type { State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';

/** Returns the step after a process was spawned when nothing may run any more. */
export const killStray = (state: State, event: EventOf<'childSpawned'>): Step =>
  stay(state, { kind: 'signalProcess', process: { pid: event.pid, startTicks: event.startTicks }, signal: 'SIGKILL' });

/** Returns the step after a process was spawned during the sweep: it is swept too. */
export function sweepStray(state: StateOf<'sweeping'>, event: EventOf<'childSpawned'>): Step {
  const { pid, startTicks } = event;
  const engine = { ...state.engine, process: { pid, startTicks }, ledger: openLedger(pid, startTicks, 'engine') };
  return stay({ ...state, engine, told: false, emptyPasses: 0 });
}

/** Returns the step after the last lines of the engine's output were read: they belong to a cause of our own. */
export function tailRead(state: State, event: EventOf<'tailRead'>): Step {
  const { verdict, self } = state.base;
  if (verdict === null || verdict.cause.seenBy !== self.rank || verdict.cause.kind === 'peer-lost') return stay(state);
  const cause = { ...verdict.cause, lastLines: event.lines };
  const base = { ...state.base, verdict: amend(verdict, cause, verdict.happenedMs) };
  return stay({ ...state, base }, ...tell(base, cause, verdict.happenedMs));
}

/** Returns the step after something of the edge went wrong that stops nothing. */
export const remark = (state: State, event: EventOf<'effectFailed'>): Step =>
  stay(state, warn(`cannot perform ${event.effect}: ${event.reason}`));

/** Returns the step after the status port could not be opened: said, never fatal. */
export const statusPortTaken = (state: State, event: EventOf<'statusPortTaken'>): Step =>
  stay(state, warn(`cannot open the status port: ${event.reason}; going on without it`));

const warn = (message: string): Effect => ({ kind: 'say', level: 'warn', message });
