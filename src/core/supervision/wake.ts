// When each phase must be woken by time. What is waited for here is looked at in the phase's own tick, by the same figures.
import { leaderAtMs } from './agent-waits.ts';
import { probeAtMs } from './readiness.ts';
import { rayAtMs, rayWatchAtMs } from './ray-view.ts';
import { lookAtMs } from './scan.ts';
import { settleAtMs } from './settle.ts';
import type { State } from './state.ts';
import { sweepWakeMs } from './sweep.ts';

/** Returns when the phase must be woken by time, in ms of our clock; Infinity where only events move it. */
export function phaseWakeMs(state: State): number {
  switch (state.phase) {
    case 'opening':
    case 'ended':
      return Infinity;
    case 'resolving':
    case 'reaching':
      return Math.min(state.deadlineMs, state.asking ? Infinity : state.nextTryMs);
    case 'joining':
      return state.deadlineMs;
    case 'assembling':
      return Math.min(state.deadlineMs, lookAtMs(state.engine), rayAtMs(state.base), leaderAtMs(state));
    case 'starting':
      return Math.min(
        state.deadlineMs,
        rayWatchAtMs(state.base),
        lookAtMs(state.engine),
        probeAtMs(state.base, state.engine, state.readiness),
      );
    case 'ready':
      return Math.min(
        rayWatchAtMs(state.base),
        lookAtMs(state.engine),
        probeAtMs(state.base, state.engine, state.readiness),
      );
    case 'draining':
      return Math.min(state.untilMs, lookAtMs(state.engine));
    case 'stopping':
      return Math.min(state.againAtMs, state.drainAtMs, state.restAtMs, state.killAtMs, lookAtMs(state.engine));
    case 'sweeping':
      return sweepWakeMs(state);
    case 'settling':
      return settleAtMs(state);
  }
}
