// When is a member ready? The leader's engine answers 200; a worker has its process and a leader that is ready.
import type { Profile, ReadinessTarget } from '#core/plan/plan.ts';

import { livingOf } from './children.ts';
import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import type { Base, Engine, Readiness } from './state.ts';
import { epochOf } from './state.ts';

const everyAtStartMs = 500;
const everyMs = 1_000;
// vLLM answers /health with 503 only once its engine is dead (vllm.md 3.1); three in a row leave no doubt.
const deadAfter = 3;
// The edge answers within 5 s; an answer that never comes must not end the asking.
const answerWithinMs = 15_000;

export const openReadiness: Readiness = { probing: false, nextMs: 0, reason: 'not asked yet', failures: 0 };

/** Returns what is known of the engine's readiness as it starts; one that serves nothing is not asked, and lacks nothing. */
export const readinessAtStart = ({ plan }: Base): Readiness =>
  plan.readiness.length === 0 ? { ...openReadiness, reason: null } : openReadiness;

/** Tells whether this member is ready now. */
export function isReady(base: Base, engine: Engine, readiness: Readiness): boolean {
  if (!isWhole(engine)) return false;
  if (base.plan.fate === 'together' && base.self.rank > 0) return base.group.peers[0]?.ready === true;
  return base.plan.readiness.length === 0 || readiness.reason === null;
}

// All that was started runs.
const isWhole = (engine: Engine): boolean => livingOf(engine).length === engine.children.length;

/** Returns when the engine is to be asked again, in ms of our clock. */
export function probeAtMs(
  base: Base,
  engine: Engine,
  readiness: Readiness,
  targets: readonly ReadinessTarget[] = base.plan.readiness,
): number {
  if (!isWhole(engine) || targets.length === 0) return Infinity;
  return readiness.nextMs + (readiness.probing ? answerWithinMs : 0);
}

/** Returns the readiness with the question that is due, and the effect that asks. */
export function probeDue(
  base: Base,
  engine: Engine,
  readiness: Readiness,
  wasReady: boolean,
  targets: readonly ReadinessTarget[] = base.plan.readiness,
): { readonly readiness: Readiness; readonly effects: readonly Effect[] } {
  if (base.nowMs < probeAtMs(base, engine, readiness, targets)) {
    return { readiness, effects: [] };
  }
  const nextMs = base.nowMs + (wasReady ? everyMs : everyAtStartMs);
  return {
    readiness: { ...readiness, probing: true, nextMs },
    effects: [{ kind: 'probeEngine', epoch: epochOf(base), targets }],
  };
}

/** Returns the readiness after an answer, and whether the engine has said that it is dead. */
export function judge(
  readiness: Readiness,
  event: EventOf<'engineProbed'>,
  wasReady: boolean,
  profile: Profile,
): { readonly readiness: Readiness; readonly dead: boolean } {
  const bad = event.answers.find((answer) => answer.status !== 200);
  if (bad === undefined) {
    return { readiness: { ...readiness, probing: false, reason: null, failures: 0 }, dead: false };
  }
  const reason = bad.status === null ? bad.reason : `HTTP ${bad.status}`;
  const failures = wasReady && bad.status === 503 ? readiness.failures + 1 : 0;
  const dead = profile === 'vllm' && failures >= deadAfter;
  return { readiness: { ...readiness, probing: false, reason, failures }, dead };
}
