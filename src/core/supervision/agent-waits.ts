// What an agent of Ray waits for before it looks for its head: its leader over the link or, for elastic-ep without one, the leader's engine.
import type { RayPlan } from '#core/plan/plan.ts';

import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import { judge, probeAtMs, probeDue } from './readiness.ts';
import type { Readiness, StateOf } from './state.ts';

type Assembling = StateOf<'assembling'>;

/** Returns when the leader's engine is to be asked, in ms of our clock; Infinity where it is not, or has answered once. */
export const leaderAtMs = ({ base, engine, leader }: Assembling): number =>
  leader.reason === null ? Infinity : probeAtMs(base, engine, leader, base.plan.leaderReadiness);

/** Returns what is known of the leader's engine with the question that is due, and the effect that asks. */
export function leaderDue(state: Assembling): { readonly leader: Readiness; readonly effects: readonly Effect[] } {
  const { base, engine, leader } = state;
  if (leader.reason === null) return { leader, effects: [] };
  const { readiness, effects } = probeDue(base, engine, leader, false, base.plan.leaderReadiness);
  return { leader: readiness, effects };
}

/** Returns the state after the leader's engine answered. */
export const leaderAnswered = (state: Assembling, event: EventOf<'engineProbed'>): Assembling => ({
  ...state,
  leader: judge(state.leader, event, false, state.base.plan.document.engine.profile).readiness,
});

/** Returns what an agent of Ray still waits for before it may look for its head, as a phrase; null where for nothing. */
export function agentWaits({ base: { plan, group }, leader: asked }: Assembling, ray: RayPlan): string | null {
  if (plan.fate !== 'together') {
    const heard = plan.leaderReadiness.length === 0 || asked.reason === null;
    return heard ? null : `the leader's engine is not ready (${asked.reason})`;
  }
  // Whoever answers on that port before the leader has spoken may be anybody's Ray.
  const [leader] = group.peers;
  if (ray.joins === 'when-leader-ready' && leader?.ready !== true) return "the leader's engine is not ready";
  return leader?.ray === null || leader === undefined ? "the leader's Ray head does not answer yet" : null;
}
