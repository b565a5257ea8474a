// What the engine's processes do while it is told to stop, or is about to be.
import { toPeers, terminate } from './fault.ts';
import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import { openLedger } from './ledger.ts';
import { seen } from './scan.ts';
import type { Base, ChildEnd, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { enterSweeping } from './sweep.ts';

type Stopping = StateOf<'draining' | 'stopping'>;

/** Returns the step after the engine's top process ended while it was asked to. */
export const endedAsAsked = (state: Stopping, event: EventOf<'childExited'>): Step =>
  afterExit(withEnd(state, { code: event.code, signal: event.signal, atMs: event.atMs }));

/** Returns the step after the engine could not be started, when it is not wanted any more. */
export const neverSpawned = (state: Stopping, event: EventOf<'spawnFailed'>): Step =>
  afterExit(withEnd(state, { code: null, signal: null, atMs: event.atMs }));

function withEnd(state: Stopping, end: ChildEnd): StateOf<'stopping'> {
  const engine = { ...state.engine, end };
  if (state.phase === 'stopping') return { ...state, engine };
  const { base, killAtMs } = state;
  return { phase: 'stopping', base, engine, mode: 'asked', drainAtMs: 0, killAtMs };
}

/** Returns the step after the top process is gone: the others' turn has come, the rest of the tree goes. */
export function afterExit(state: StateOf<'stopping'>): Step {
  const tell = state.mode === 'asked' && state.drainAtMs !== Infinity ? drained(state.base) : [];
  const step = enterSweeping(state, false);
  return { state: step.state, effects: [...tell, ...step.effects] };
}

/** Returns what tells the workers that it is their turn to stop. */
export const drained = (base: Base): Effect[] => (base.self.rank === 0 ? toPeers(base, { kind: 'drained' }) : []);

/** Returns the step after a process was spawned although it is to stop already. */
export function spawnedTooLate(state: Stopping, event: EventOf<'childSpawned'>): Step {
  const { pid, startTicks } = event;
  const engine = { ...state.engine, process: { pid, startTicks }, ledger: openLedger(pid, startTicks, 'engine') };
  const next = { ...state, engine };
  return stay(next, ...(next.phase === 'stopping' ? terminate(next) : []));
}

/** Returns the step after a look while stopping: processes may go now. */
export const seenWhileStopping = (state: Stopping, event: EventOf<'processesSeen'>): Step =>
  stay({ ...state, engine: seen(state.engine, event).engine });
