// The rest of the tree goes: TERM once, then KILL in passes until five passes in a row found nothing.
import type { EventOf, Survivor } from './event.ts';
import { updateLedger } from './ledger.ts';
import { enterSettling } from './settle.ts';
import type { State, StateOf, Step } from './state.ts';
import { epochOf, stay } from './state.ts';

// A process that forks and exits in a loop is missed by most single passes (pid1.md section 5).
export const emptyPassesNeeded = 5;
const passEveryMs = 10;
const leftOversMs = 2_000;
const giveUpAfterMs = 10_000;
const namesKept = 50;

/** Returns the step into the sweep; forced means that the top process itself has to be killed. */
export function enterSweeping(state: StateOf<'stopping'>, forced: boolean): Step {
  const { base, engine, mode } = state;
  const killAtMs = forced ? base.nowMs : Math.min(Math.max(state.killAtMs, base.nowMs), base.nowMs + leftOversMs);
  const next: State = {
    phase: 'sweeping',
    base,
    engine,
    mode,
    sweeping: false,
    nextPassMs: base.nowMs,
    killAtMs,
    giveUpAtMs: killAtMs + giveUpAfterMs,
    told: false,
    emptyPasses: 0,
    survivors: [],
    killed: [],
  };
  return sweepingTick(next);
}

/** Returns the step of a tick during the sweep: the next pass if it is due. */
export function sweepingTick(state: StateOf<'sweeping'>): Step {
  const { base, engine } = state;
  if (base.nowMs >= state.giveUpAtMs) return enterSettling(state);
  if (state.sweeping || base.nowMs < state.nextPassMs) return stay(state);
  const signal = base.nowMs >= state.killAtMs ? 'SIGKILL' : state.told ? null : 'SIGTERM';
  const known = engine.ledger.map(({ pid, startTicks }) => ({ pid, startTicks }));
  const next: State = { ...state, sweeping: true, told: true, nextPassMs: base.nowMs + passEveryMs };
  return stay(next, { kind: 'sweepTree', epoch: epochOf(base), signal, known });
}

/** Returns the step after one pass. */
export function treeSwept(state: StateOf<'sweeping'>, event: EventOf<'treeSwept'>): Step {
  const { survivors } = event;
  const emptyPasses = survivors.length === 0 ? state.emptyPasses + 1 : 0;
  const ledger = updateLedger(state.engine.ledger, survivors);
  const engine = { ...state.engine, ledger: survivors.length === 0 ? [] : ledger };
  const next = { ...state, engine, sweeping: false, emptyPasses, survivors, killed: remember(state, survivors) };
  return emptyPasses >= emptyPassesNeeded && (engine.process === null || engine.end !== null)
    ? enterSettling(next)
    : stay(next);
}

/** Returns the step after the top process ended during the sweep. */
export const endedInSweep = (state: StateOf<'sweeping'>, event: EventOf<'childExited'>): Step =>
  stay({ ...state, engine: { ...state.engine, end: { code: event.code, signal: event.signal, atMs: event.atMs } } });

function remember(state: StateOf<'sweeping'>, survivors: readonly Survivor[]): readonly string[] {
  if (state.base.nowMs < state.killAtMs) return state.killed;
  const names = survivors.map((survivor) => `${survivor.title} (pid ${survivor.pid})`);
  return [...new Set([...state.killed, ...names])].slice(0, namesKept);
}
