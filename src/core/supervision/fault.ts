// Something died, failed or is lost: the stop begins at once, the cause may be amended until it is frozen.
import type { Cause } from '#core/group/cause.ts';
import { amend, openVerdict } from '#core/group/cause.ts';
import type { Body } from '#core/group/message.ts';

import type { Effect } from './effect.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { epochOf, stay } from './state.ts';

// After a fault nobody drains: the engine gets this long (or the grace time, if shorter) before the tree is killed.
export const faultGraceMs = 10_000;
/** How long a worker waits for the leader's verdict beyond the time to amend. */
export const verdictWaitMs = 1_000;

/** Returns the step of a fault in any phase: members are told, the engine is stopped, the first cause is kept. */
export function fault(state: State, cause: Cause, happenedMs = state.base.nowMs): Step {
  switch (state.phase) {
    case 'opening':
    case 'resolving':
    case 'joining':
      return endWith(state.base, cause, happenedMs);
    case 'starting':
    case 'ready':
      return stopNow(state, cause, happenedMs);
    case 'stopping':
    case 'sweeping':
    case 'settling':
      return state.mode === 'fault' ? note(state, cause, happenedMs) : stay(state);
    case 'draining':
    case 'ended':
      return stay(state);
  }
}

/** Returns the step that leaves before anything was started. */
export function endWith(before: Base, cause: Cause, happenedMs = before.nowMs): Step {
  const base = judged(before, cause, happenedMs);
  const group = { ...base.group, admitting: false };
  const untilMs = (base.verdict?.freezeAtMs ?? base.nowMs) + (base.self.rank === 0 ? 0 : verdictWaitMs);
  const state: State = { phase: 'settling', base: { ...base, group }, mode: 'fault', code: null, untilMs };
  return stay(state, ...tell(base, cause, happenedMs), say(cause));
}

function stopNow(state: StateOf<'starting' | 'ready'>, cause: Cause, happenedMs: number): Step {
  const base = judged(state.base, cause, happenedMs);
  const { engine } = state;
  const graceMs = Math.min(base.plan.document.deadlines.grace, faultGraceMs);
  const next: State = {
    phase: 'stopping',
    base,
    engine,
    mode: 'fault',
    drainAtMs: Infinity,
    killAtMs: base.nowMs + (engine.end === null ? graceMs : 0),
  };
  return stay(next, ...terminate(next), ...tell(base, cause, happenedMs), say(cause), readTail(base));
}

function note(state: StateOf<'stopping' | 'sweeping' | 'settling'>, cause: Cause, happenedMs: number): Step {
  const before = state.base.verdict;
  const base = judged(state.base, cause, happenedMs);
  if (base.verdict === before) return stay({ ...state, base });
  return stay({ ...state, base }, ...tell(base, cause, happenedMs));
}

/** Returns what tells the others of a cause: the leader stops all, a worker reports to the leader. */
export function tell(base: Base, cause: Cause, happenedMs: number): Effect[] {
  const ageMs = Math.max(0, base.nowMs - happenedMs);
  const leads = base.self.rank === 0;
  const body: Body = leads ? { kind: 'stop', mode: 'fault', cause, ageMs } : { kind: 'report', cause, ageMs };
  return toPeers(base, body);
}

/** Returns the frame to every peer. */
export const toPeers = ({ group, epoch }: Base, body: Body): Effect[] =>
  group.peers.map((peer) => ({ kind: 'sendFrame', link: peer.link, epoch, body }));

/** Returns the SIGTERM to the engine's top process, if there is one that lives. */
export const terminate = (state: StateOf<'draining' | 'stopping'>): Effect[] =>
  state.engine.process === null || state.engine.end !== null
    ? []
    : [{ kind: 'signalProcess', process: state.engine.process, signal: 'SIGTERM' }];

function judged(base: Base, cause: Cause, happenedMs: number): Base {
  const { verdict, plan, nowMs } = base;
  if (verdict === null) return { ...base, verdict: openVerdict(cause, happenedMs, nowMs, plan.amendMs) };
  return { ...base, verdict: amend(verdict, cause, happenedMs) };
}

const readTail = (base: Base): Effect => ({ kind: 'readTail', epoch: epochOf(base) });

const say = (cause: Cause): Effect => ({ kind: 'say', level: 'error', message: `stopping: ${cause.message}` });
