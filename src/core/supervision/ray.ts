// Ray's nodes come together. The leader starts the head once nobody holds its port, and the engine once the GCS itself
// says that all nodes are there with their GPUs; an agent joins the cluster that its leader named, and no other.
import { launcherCause } from '#core/group/cause.ts';
import { renderDuration } from '#core/options.ts';
import type { RayPlan } from '#core/plan/plan.ts';
import { isUnknown } from '#upstream/ray/judge.ts';
import type { GcsJudgement } from '#upstream/ray/judge.ts';
import type { RayNode } from '#upstream/ray/node.ts';
import type { ReadStatus } from '#upstream/ray/status-text.ts';

import { agentWaits, leaderAnswered, leaderDue } from './agent-waits.ts';
import { noChildren, withProcess } from './children.ts';
import type { Effect } from './effect.ts';
import type { EventOf, RayAnswer } from './event.ts';
import { endWith, fault } from './fault.ts';
import { ownRayFolder } from './ray-folder.ts';
import { gatherNodes, ownRayAddress, sayRayAnswer } from './ray-nodes.ts';
import { openReadiness } from './readiness.ts';
import { clusterOf, gatherCount, sayUnknown, statusSpec } from './ray-unknown.ts';
import { rayAtMs, rayMeans, unasked } from './ray-view.ts';
import { look } from './scan.ts';
import type { Base, Engine, RayView, StateOf, Step } from './state.ts';
import { epochOf, stay } from './state.ts';
import { enterServing, startProcess } from './start.ts';

type Assembling = StateOf<'assembling'>;

// A question to Ray's program costs a second of a core.
const askEveryMs = { wire: 100, cli: 5_000, health: 100 };

/** Returns the step of the start of an epoch with Ray. */
export function enterAssembling(before: Base, ray: RayPlan, first: readonly Effect[]): Step {
  const base: Base = { ...before, ray: unasked };
  const { 'ray-nodes': nodes, startup, peer } = base.plan.document.deadlines;
  const late = waitsForEngine(ray) ? startup : 0;
  // The leader gives up first, so that all name the same member.
  const deadlineMs = base.nowMs + nodes + late + (base.self.rank === 0 ? 0 : peer);
  const step = assemblingTick({
    phase: 'assembling',
    base,
    engine: noChildren(base.nowMs),
    deadlineMs,
    leader: openReadiness,
  });
  return { state: step.state, effects: [...first, ...step.effects] };
}

/** Returns the step of a tick while Ray's nodes come together: the next question, the next look. */
export function assemblingTick(state: Assembling): Step {
  const { base } = state;
  if (base.nowMs >= state.deadlineMs) return tooLate(state);
  const looked = look(base, state.engine);
  const { leader, effects } = leaderDue(state);
  const asked = rayDue(state, looked.engine);
  const next = { ...state, engine: looked.engine, base: asked.base, leader };
  return stay(next, ...looked.effects, ...effects, ...asked.effects);
}

const waitsForEngine = (ray: RayPlan): boolean => ray.joins === 'when-leader-ready' && ray.role === 'agent';

function deadlineWords({ plan }: Base): string {
  const { 'ray-nodes': nodes, startup } = plan.document.deadlines;
  if (plan.ray === null || !waitsForEngine(plan.ray)) return `ray-nodes deadline (${renderDuration(nodes)})`;
  return `startup and ray-nodes deadlines (${renderDuration(startup)} and ${renderDuration(nodes)})`;
}

function tooLate(state: Assembling): Step {
  const { self, ray } = state.base;
  const message = `rank ${self.rank} (${self.host}) cannot go on: Ray is not complete within the ${deadlineWords(state.base)}: ${sayWhy(ray)}`;
  return fault(state, launcherCause('gate-timeout', 'unreachable', message, here(state.base)), 'seen');
}

function rayDue(state: Assembling, engine: Engine): { readonly base: Base; readonly effects: readonly Effect[] } {
  const { base } = state;
  const { ray, plan, self } = base;
  if (ray === null || plan.ray === null || base.nowMs < rayAtMs(base)) return { base, effects: [] };
  const nextMs = base.nowMs + askEveryMs[rayMeans(base)];
  const waits = plan.ray.role === 'agent' ? agentWaits(state, plan.ray) : null;
  if (waits !== null) return { base: { ...base, ray: { ...ray, nextMs, why: waits } }, effects: [] };
  const head = engine.children.length > 0;
  if (head && engine.children.every((child) => child.process === null))
    return { base: { ...base, ray: { ...ray, nextMs } }, effects: [] };
  const asked = { ...base, ray: { ...ray, asking: true, nextMs } };
  if (rayMeans(base) === 'cli') {
    const spec = statusSpec(base, plan.ray);
    return { base: asked, effects: [{ kind: 'askRay', epoch: epochOf(base), question: 'status', spec }] };
  }
  const question = rayMeans(base) === 'health' ? 'health' : head && ray.cluster !== null ? 'nodes' : 'clusterId';
  const host = self.rank === 0 ? (ownRayAddress(base) ?? plan.ray.host) : plan.ray.host;
  return { base: asked, effects: [{ kind: 'askRay', epoch: epochOf(base), host, port: plan.ray.port, question }] };
}

// What is asked instead may say nothing either: then the deadline's message must name both.
const sayWhy = (ray: RayView | null): string => [ray?.why, ray?.unknown ?? []].flat().join('; ');

/** Returns the step after the leader's engine was asked whether an agent may join. */
export const leaderProbed = (state: Assembling, event: EventOf<'engineProbed'>): Step =>
  assemblingTick(leaderAnswered(state, event));

/** Returns the step after Ray answered, or somebody else in its place. */
export function rayAnswered(state: Assembling, event: EventOf<'rayAnswered'>): Step {
  const { base, engine } = state;
  if (base.ray === null || base.plan.ray === null) return stay(state);
  const next: Assembling = { ...state, base: { ...base, ray: { ...base.ray, asking: false } } };
  if (base.plan.ray.role === 'agent') return agentAnswered(next, base.plan.ray, event);
  if (engine.children.length === 0) return beforeHead(next, base.plan.ray, event.judgement);
  if (event.question === 'status') return statusAnswered(next, event.judgement);
  if (isUnknown(event.judgement)) return goOnOtherwise(next, event);
  if (event.question === 'nodes') return nodesAnswered(next, event.judgement);
  if (event.judgement.kind !== 'answered') return waitOn(next, `the head: ${sayRayAnswer(event.judgement)}`);
  return assemblingTick(noted(next, { cluster: event.judgement.answer, nextMs: base.nowMs, why: 'its nodes' }));
}

// The head's port must be free: `ray start` needs 40 s to find out that it is not (ray.md 2.3).
function beforeHead(state: Assembling, ray: RayPlan, judgement: RayAnswer['judgement']): Step {
  if (judgement.kind === 'refused') return startHead(state);
  if (judgement.kind === 'unreachable') return waitOn(state, sayRayAnswer(judgement));
  const { base } = state;
  const holder = judgement.kind === 'answered' ? 'another Ray head' : `somebody else (${sayRayAnswer(judgement)})`;
  const message = `rank ${base.self.rank} (${base.self.host}) cannot start Ray's head: port ${ray.port} is taken by ${holder}`;
  return endWith(base, launcherCause('os', 'os', message, here(base)), 'seen');
}

function nodesAnswered(state: Assembling, judgement: GcsJudgement<'nodes'>): Step {
  if (judgement.kind !== 'answered') return waitOn(state, `the head: ${sayRayAnswer(judgement)}`);
  const stranger = judgement.answer.find((node) => isStrangersHead(state.base, node));
  if (stranger !== undefined) return strangersHead(state.base, stranger);
  const seen = noted(state, { nodes: judgement.answer });
  const gathered = gatherNodes(seen.base, judgement.answer);
  if (gathered.kind === 'ready') return enterServing(seen.base, seen.engine, 'engine');
  if (gathered.kind === 'waits') return waitOn(seen, gathered.why);
  return fault(
    seen,
    launcherCause('refused', 'config', gathered.message, { ...here(seen.base), rank: gathered.rank }),
    'seen',
  );
}

// A head whose launcher was killed may come to answer while ours fails to bind. The folder's last part is ours alone.
function isStrangersHead(base: Base, { isHead, state, tempDir }: RayNode): boolean {
  const own = ownRayFolder(base)?.split('/').at(-1);
  return isHead && state !== 'dead' && tempDir !== null && tempDir.split('/').at(-1) !== own;
}

function strangersHead(base: Base, { tempDir }: RayNode): Step {
  const message = `rank ${base.self.rank} (${base.self.host}) cannot go on: another Ray head answers on port ${base.plan.ray?.port}, whose folder is ${tempDir}`;
  return endWith(base, launcherCause('os', 'os', message, here(base)), 'seen');
}

function statusAnswered(state: Assembling, judgement: ReadStatus): Step {
  if (judgement.kind === 'unreadable') return waitOn(state, `\`ray status\`: ${judgement.reason}`);
  const waits = gatherCount(state.base, judgement.answer);
  return waits === null ? enterServing(state.base, state.engine, 'engine') : waitOn(state, waits);
}

/** Returns the step of a Ray that answers in a way that we cannot read: said once, and asked by other means at once. */
function goOnOtherwise(state: Assembling, event: RayAnswer): Step {
  const { unknown, effect } = sayUnknown(state.base, event);
  const next = assemblingTick(noted(state, { unknown, nextMs: state.base.nowMs, why: 'it is asked by other means' }));
  return { state: next.state, effects: [effect, ...next.effects] };
}

function agentAnswered(state: Assembling, ray: RayPlan, event: EventOf<'rayAnswered'>): Step {
  const { base } = state;
  const { judgement, question } = event;
  if (question === 'clusterId' && isUnknown(judgement)) return goOnOtherwise(state, event);
  if (question === 'health' && judgement.kind === 'answered' && judgement.answer !== 'serving')
    return waitOn(state, `${ray.host}:${ray.port}: it is ${judgement.answer}`);
  if (judgement.kind === 'answered') {
    const wanted = question === 'clusterId' ? clusterOf(base) : null;
    if (wanted !== null && wanted !== judgement.answer)
      return waitOn(state, `${ray.host}:${ray.port} is another cluster than the leader's`);
    return enterServing(noted(state, { why: 'joined' }).base, state.engine, 'ray-agent');
  }
  if (judgement.kind !== 'not-ray' && judgement.kind !== 'authentication')
    return waitOn(state, `${ray.host}:${ray.port}: ${sayRayAnswer(judgement)}`);
  const message = `rank ${base.self.rank} (${base.self.host}) cannot join Ray at ${ray.host}:${ray.port}: ${sayRayAnswer(judgement)}`;
  return endWith(base, launcherCause('refused', 'config', message, here(base)), 'seen');
}

const startHead = (state: Assembling): Step =>
  startProcess(state.base, state.engine, 'ray-head', (engine) => ({ ...state, engine }));

/** Returns the step after Ray's process exists. */
export const raySpawned = (state: Assembling, event: EventOf<'childSpawned'>): Step =>
  stay({ ...state, engine: withProcess(state.base, state.engine, event) });

const waitOn = (state: Assembling, why: string): Step => stay(noted(state, { why }));

const noted = (state: Assembling, change: Partial<RayView>): Assembling => ({
  ...state,
  base: { ...state.base, ray: state.base.ray === null ? null : { ...state.base.ray, ...change } },
});

const here = ({ self }: Base) => ({ rank: self.rank, host: self.host, seenBy: self.rank });
