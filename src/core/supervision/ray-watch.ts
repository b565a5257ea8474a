// While the engine runs the leader goes on asking: a node that Ray calls dead takes no work any more, though all its processes live.
import { launcherCause } from '#core/group/cause.ts';
import { isSuspect } from '#core/group/peer.ts';

import type { Effect } from './effect.ts';
import type { EventOf, RayAnswer } from './event.ts';
import { fault } from './fault.ts';
import { ownRayAddress, rayMembers, sayRayAnswer } from './ray-nodes.ts';
import { rayWatchAtMs } from './ray-view.ts';
import type { Base, RayView, StateOf, Step } from './state.ts';
import { epochOf, stay } from './state.ts';

const everyMs = 1_000;

/** Returns the base with the question that is due at the leader while the engine runs, and the effect that asks. */
export function rayWatchDue(base: Base): { readonly base: Base; readonly effects: readonly Effect[] } {
  const { ray, plan } = base;
  if (plan.ray === null || ray === null || base.nowMs < rayWatchAtMs(base)) return { base, effects: [] };
  return {
    base: { ...base, ray: { ...ray, asking: true, nextMs: base.nowMs + everyMs } },
    effects: [
      {
        kind: 'askRay',
        epoch: epochOf(base),
        host: ownRayAddress(base) ?? plan.ray.host,
        port: plan.ray.port,
        question: 'nodes',
      },
    ],
  };
}

/** Returns the step after Ray told its nodes. What a launcher sees of its own processes comes sooner and says more: Ray is believed the second time. */
export function rayWatched(state: StateOf<'starting' | 'ready'>, event: EventOf<'rayAnswered'>): Step {
  const { base } = state;
  if (base.ray === null) return stay(state);
  if (event.question !== 'nodes' || event.judgement.kind !== 'answered')
    return unanswered(state, base.ray, event.judgement);
  const nodes = event.judgement.answer;
  const living = new Set(nodes.filter((node) => node.state !== 'dead').map(({ ip }) => ip));
  const dead = nodes.filter((node) => node.state === 'dead' && !living.has(node.ip));
  const next = {
    ...state,
    base: { ...base, ray: { ...base.ray, asking: false, silent: null, nodes, dead: dead.map(({ ip }) => ip) } },
  };
  for (const { ip, death } of dead) {
    const member = rayMembers(base).find((entry) => entry.ip === ip);
    if (member === undefined || !base.ray.dead.includes(ip) || isSilent(base, member.rank)) continue;
    const { rank, host } = member;
    const message = `rank ${rank} (${host}): Ray says that its node ${ip} is dead: ${death?.message || death?.reason || 'no reason given'}`;
    const more = { rank, host, process: 'raylet', seenBy: base.self.rank };
    return fault(next, launcherCause('process-died', 'engine-ended', message, more), 'seen');
  }
  return stay(next);
}

// A GCS that is there and does not answer ends nothing: its death is seen by the looks, and a busy one answers again.
function unanswered(state: StateOf<'starting' | 'ready'>, ray: RayView, judgement: RayAnswer['judgement']): Step {
  const silent = sayRayAnswer(judgement);
  const next = { ...state, base: { ...state.base, ray: { ...ray, asking: false, silent } } };
  if (ray.silent !== null) return stay(next);
  return stay(next, { kind: 'say', level: 'warn', message: `Ray's GCS does not tell its nodes: ${silent}` });
}

// Whoever cannot be heard is judged by the link: Ray tells only what came of it.
const isSilent = ({ group, nowMs, plan }: Base, rank: number): boolean =>
  group.peers.some((peer) => peer.rank === rank && isSuspect(peer, nowMs, plan.document.deadlines.peer));
