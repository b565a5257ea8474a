// A stop that was asked for and a fault meet: it is what the leader heard of first, and all follow it. A death that it hears
// of after the wish to stop is part of stopping, and only cuts the draining short.
import type { Cause } from '#core/group/cause.ts';

import { fault, faultKillAtMs } from './fault.ts';
import type { StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { drained, sayCause } from './tell.ts';
import { terminateEngine, terminateWaiting } from './terminate.ts';
import { judged, tellJudged, verdictUntilMs } from './verdict.ts';

export type Late = StateOf<'stopping' | 'sweeping' | 'settling'>;

/** Returns the step of a stop that was asked for and turns out to be a fault. */
export function turnToFault(state: StateOf<'draining'> | Late, cause: Cause, happenedMs: number): Step {
  if (state.phase === 'draining') return fault(state, cause, 'heard', happenedMs);
  const before = { ...state.base, verdict: null };
  const base = judged(before, cause, happenedMs);
  const words = [...tellJudged(before, base, cause, 'heard'), sayCause(base, cause)];
  switch (state.phase) {
    case 'stopping':
      return stay(
        { ...state, base, mode: 'fault', drainAtMs: Infinity, restAtMs: Infinity, killAtMs: sooner(state) },
        ...words,
        ...terminateWaiting(state),
      );
    case 'sweeping':
      return stay({ ...state, base, mode: 'fault', killAtMs: sooner(state) }, ...words);
    case 'settling':
      return stay({ ...state, base, mode: 'fault', untilMs: verdictUntilMs(base) }, ...words);
  }
}

/** Returns the step of a fault that turns out to be part of a stop that was asked for. */
export function turnToAsked(state: Late): Step {
  if (state.mode === 'asked') return stay(state);
  const { base } = state;
  const asked = base.asked ?? { by: 'the leader', atMs: base.nowMs };
  return stay({ ...state, base: { ...base, asked, verdict: null }, mode: 'asked' });
}

/** Returns the step of something that makes draining useless: a member or an engine process is gone. */
export function cutShort(state: StateOf<'draining'> | Late): Step {
  if (state.phase === 'draining') return terminateEngine(state);
  if (state.phase !== 'stopping' || state.mode !== 'asked' || state.drainAtMs === Infinity) return stay(state);
  return stay({ ...state, drainAtMs: Infinity, killAtMs: sooner(state) }, ...drained(state.base));
}

const sooner = ({ base, killAtMs }: StateOf<'stopping' | 'sweeping'>): number =>
  Math.min(killAtMs, faultKillAtMs(base));
