// The rest of the tree goes: TERM once, then KILL in passes until five passes in a row found nothing.
import type { ProcessName } from '#core/plan/plan.ts';
import { isResourceTracker } from '#upstream/python/titles.ts';

import { allEnded, hasEnded, livingOf, withEnd } from './children.ts';
import type { EventOf } from './event.ts';
import type { LedgerEntry } from './ledger.ts';
import { idsOf, updateLedger } from './ledger.ts';
import { enterSettling } from './settle.ts';
import type { ChildEnd, State, StateOf, Step } from './state.ts';
import { epochOf, stay } from './state.ts';

// A process that forks and exits in a loop is missed by most single passes (pid1.md section 5).
export const emptyPassesNeeded = 5;
const passEveryMs = 10;
// Nothing is to be done but to wait: for processes that were told, or for a spawn that was not answered yet.
const waitEveryMs = 50;
const answerWithinMs = 5_000;
const leftOversMs = 2_000;
const giveUpAfterMs = 10_000;
const killsKept = 50;

// Python's resource trackers unlink what the killed have left in /dev/shm once the last of them is gone.
const trackersMs = 1_500;

type Ending = Pick<StateOf<'stopping'>, 'base' | 'engine' | 'mode' | 'killAtMs'>;

/** Returns the step into the sweep; a top process that is deaf to SIGTERM until its time is over is killed with its tree at once. */
export function enterSweeping(state: Ending): Step {
  const { base, engine, mode } = state;
  const { nowMs } = base;
  const killAtMs = Math.min(Math.max(state.killAtMs, nowMs), nowMs + leftOversMs);
  const next: State = {
    phase: 'sweeping',
    base,
    engine,
    mode,
    sweeping: false,
    nextPassMs: nowMs,
    killAtMs,
    giveUpAtMs: killAtMs + giveUpAfterMs,
    // The top processes were told alone; where none lives, as one is still to come, nobody was.
    told: livingOf(engine).length > 0,
    emptyPasses: 0,
    survivors: [],
    killed: [],
  };
  return sweepingTick(next);
}

/** Returns the step of a tick during the sweep: the next pass if it is due. */
export function sweepingTick(state: StateOf<'sweeping'>): Step {
  const { base, engine } = state;
  const { nowMs } = base;
  if (nowMs >= state.giveUpAtMs) return enterSettling(state);
  if (nowMs < passAtMs(state)) return stay(state);
  const kills = nowMs >= state.killAtMs;
  const signal = !state.told ? 'SIGTERM' : kills ? 'SIGKILL' : null;
  const waits = (state.survivors.length > 0 && !kills) || state.emptyPasses >= emptyPassesNeeded;
  const killed = signal === 'SIGKILL' ? remember(state) : state.killed;
  const next: State = {
    ...state,
    sweeping: true,
    told: true,
    killed,
    nextPassMs: nowMs + (waits ? waitEveryMs : passEveryMs),
  };
  const spareTrackers = nowMs < state.killAtMs + trackersMs;
  return stay(next, { kind: 'sweepTree', epoch: epochOf(base), signal, spareTrackers, known: idsOf(engine.ledger) });
}

/** Returns when the sweep must be looked at, in ms of our clock. */
export const sweepWakeMs = (state: StateOf<'sweeping'>): number => Math.min(passAtMs(state), state.giveUpAtMs);

const passAtMs = ({ sweeping, nextPassMs }: StateOf<'sweeping'>): number =>
  nextPassMs + (sweeping ? answerWithinMs : 0);

/** Returns the step after one pass. */
export function treeSwept(state: StateOf<'sweeping'>, event: EventOf<'treeSwept'>): Step {
  const { survivors } = event;
  const emptyPasses = survivors.length === 0 ? state.emptyPasses + 1 : 0;
  const engine = { ...state.engine, ledger: updateLedger(state.engine.ledger, survivors) };
  const next = { ...state, engine, sweeping: false, emptyPasses, survivors };
  return isOver(next) ? enterSettling(next) : stay(next);
}

/** Returns the step after the top process ended during the sweep. */
export const endedInSweep = (state: StateOf<'sweeping'>, { name, code, signal, atMs }: EventOf<'childExited'>): Step =>
  afterEnd(state, name, { code, signal, atMs });

/** Returns the step after a spawn failed that was not wanted any more. */
export const neverSwept = (state: StateOf<'sweeping'>, { name, atMs }: EventOf<'spawnFailed'>): Step =>
  afterEnd(state, name, { code: null, signal: null, atMs });

function afterEnd(state: StateOf<'sweeping'>, name: ProcessName, end: ChildEnd): Step {
  const next = { ...state, engine: withEnd(state.engine, name, end) };
  return isOver(next) ? enterSettling(next) : stay(next);
}

// Until a spawn is answered there may still come a process of ours.
const isOver = (state: StateOf<'sweeping'>): boolean =>
  state.emptyPasses >= emptyPassesNeeded && allEnded(state.engine);

function remember({ killed, engine }: StateOf<'sweeping'>): StateOf<'sweeping'>['killed'] {
  const pids = new Set(killed.map((entry) => entry.pid));
  const spared = (entry: LedgerEntry) => isResourceTracker(entry.title) || (entry.top && hasEnded(engine, entry.pid));
  const living = engine.ledger.filter((entry) => !pids.has(entry.pid) && !spared(entry));
  return [...killed, ...living].slice(0, killsKept);
}
