// A stop that was asked for and a fault meet: it is what the leader heard of first, and all follow it. A death that it hears
// of after the wish to stop is part of stopping, and only cuts the draining short.
import type { Cause } from '#core/group/cause.ts';

import { fault, faultKillAtMs } from './fault.ts';
import type { StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { drained, sayCause } from './tell.ts';
import { terminateEngine } from './terminate.ts';
import { judged, verdictUntilMs } from './verdict.ts';

export type Late = StateOf<'stopping' | 'sweeping' | 'settling'>;

/** Returns the step of a worker's stop that was asked for and turns out to be a fault: the leader said so, and knows it. */
export function turnToFault(state: StateOf<'draining'> | Late, cause: Cause, happenedMs: number): Step {
  if (state.phase === 'draining') return fault(state, cause, 'heard', happenedMs);
  const base = judged({ ...state.base, verdict: null }, cause, happenedMs);
  const word = sayCause(base, cause);
  switch (state.phase) {
    case 'stopping':
      return stay({ ...state, base, mode: 'fault', drainAtMs: Infinity, killAtMs: sooner(state) }, word);
    case 'sweeping':
      return stay({ ...state, base, mode: 'fault' }, word);
    case 'settling':
      return stay({ ...state, base, mode: 'fault', untilMs: verdictUntilMs(base) }, word);
  }
}

/** Returns the step of a worker's fault that turns out to be part of a stop that was asked for. */
export function turnToAsked(state: Late): Step {
  const { base } = state;
  const asked = base.asked ?? { by: 'the leader', atMs: base.nowMs };
  return stay({ ...state, base: { ...base, asked, verdict: null }, mode: 'asked' });
}

/** Returns the step of a death at a worker that makes draining useless, at a leader that stops as asked. */
export function cutShort(state: StateOf<'draining'> | Late): Step {
  if (state.phase === 'draining') return terminateEngine(state);
  if (state.phase !== 'stopping' || state.drainAtMs === Infinity) return stay(state);
  return stay({ ...state, drainAtMs: Infinity, killAtMs: sooner(state) }, ...drained(state.base));
}

const sooner = ({ base, killAtMs }: StateOf<'stopping'>): number => Math.min(killAtMs, faultKillAtMs(base));
