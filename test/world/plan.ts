// Plans and selves of a simulated group: what differs from a plain two-rank vLLM is given, the rest is this.
import type { Group, Self } from '#core/group/group.ts';
import type { HelloField } from '#core/group/message.ts';
import type { FingerprintField, LaunchPlan, PlanDocument } from '#core/plan/plan.ts';

import { serviceTarget } from '#core/plan/services.ts';

import type { RayOutcome } from './ray-plan.ts';
import { rayPlanFor, rayProcessesFor } from './ray-plan.ts';

export type PlanWish = {
  readonly rank: number;
  readonly size: number;
  readonly deadlines?: Partial<PlanDocument['deadlines']>;
  readonly fate?: LaunchPlan['fate'];
  /** Left out: mp. */
  readonly outcome?: RayOutcome;
  readonly exits?: LaunchPlan['exits'];
  readonly profile?: PlanDocument['engine']['profile'];
  readonly drainDelayMs?: number;
  readonly amendMs?: number;
  readonly readiness?: LaunchPlan['readiness'];
  readonly group?: string | null;
  readonly dns?: boolean;
  readonly services?: LaunchPlan['needs']['services'];
  readonly fingerprint?: readonly FingerprintField[];
};

export const hostOf = (rank: number): string => `node${rank}`;
const groupPort = 9441;

export function planOf(wish: PlanWish): LaunchPlan {
  const { rank, size } = wish;
  const fate = wish.fate ?? (size > 1 ? 'together' : 'alone');
  const argv = ['vllm', 'serve', 'model', '--node-rank', String(rank)];
  const deadlines = {
    dns: 600_000,
    group: 20_000,
    'ray-nodes': wish.outcome === undefined ? 600_000 : 8_000,
    startup: 60_000,
    drain: 15_000,
    grace: 25_000,
    peer: 5_000,
    stall: 600_000,
    rejoin: 300_000,
    ...wish.deadlines,
  };
  const document: PlanDocument = {
    schema: 1,
    identity: {
      source: 'options',
      role: size === 1 ? 'single' : rank === 0 ? 'leader' : 'worker',
      rank,
      size,
      leader: { host: hostOf(0), port: groupPort, via: 'test' },
      group: wish.group === undefined ? 'group-a' : wish.group,
      generation: null,
      nodes: null,
      claims: [],
    },
    annotations: { values: {}, source: null },
    gpus: { count: 1, source: 'test' },
    decision: {
      outcome: wish.outcome ?? 'mp',
      executor: wish.outcome === undefined ? 'mp' : 'ray',
      rule: 'default',
      annotation: null,
      reason: 'test',
    },
    engine: {
      profile: wish.profile ?? 'vllm',
      version: '0.31.0',
      mode: null,
      command: argv,
      sizes: { tp: size, pp: 1, dp: 1, world: size },
    },
    processes:
      wish.outcome === undefined
        ? [{ name: 'engine', argv, env: { set: {}, unset: [] }, after: [] }]
        : rayProcessesFor(rank, hostOf(0)),
    gates: [
      ...(wish.dns === false ? [] : [{ kind: 'dns', target: hostOf(0), deadlineMs: deadlines.dns } as const]),
      ...(wish.services ?? []).map(
        (service) => ({ kind: 'service', target: serviceTarget(service), deadlineMs: deadlines.dns }) as const,
      ),
    ],
    ports: { status: 9440, group: groupPort, master: 29_500, rpc: null, engine: 8_000, system: null, ray: null },
    deadlines,
    warnings: [],
    errors: [],
  };
  return {
    document,
    problems: [],
    host: hostOf(rank),
    fate,
    exits: wish.exits ?? 'engine',
    drainDelayMs: wish.drainDelayMs ?? 0,
    amendMs: wish.amendMs ?? 500,
    readiness: wish.readiness ?? (rank === 0 ? [{ host: '127.0.0.1', port: 8_000, path: '/health' }] : []),
    leaderReadiness: [],
    needs: { model: null, downloads: null, host: null, services: wish.services ?? [], rankPorts: [] },
    foreignRay: [],
    fingerprint: wish.fingerprint ?? [{ field: 'engine command', value: 'vllm serve model', shown: true }],
    rehearsal: false,
    ray: wish.outcome === undefined ? null : rayPlanFor(wish.outcome, rank, size, hostOf(0)),
  };
}

export function selfOf(plan: LaunchPlan, incarnation: string): Self {
  const { identity } = plan.document;
  const key = `key of ${incarnation}`;
  return {
    incarnation,
    rank: identity.rank ?? 0,
    size: identity.size ?? 1,
    host: plan.host,
    group: identity.group,
    generation: identity.generation,
    groupPort,
    key,
    fingerprint: plan.fingerprint,
    fields: digestOf(key, plan.fingerprint),
  };
}

export const roleOf = (plan: LaunchPlan): Group['role'] =>
  plan.fate !== 'together' ? 'none' : plan.document.identity.rank === 0 ? 'leader' : 'worker';

/** Digests that are no secret: a simulated world has nobody to hide from. */
export const digestOf = (key: string, fields: readonly FingerprintField[]): HelloField[] =>
  fields.map(({ field, value, shown }) => ({ field, value: shown ? value : null, digest: hash(`${key}/${value}`) }));

function hash(text: string): string {
  let sum = 2_166_136_261;
  for (let index = 0; index < text.length; index += 1) sum = Math.imul(sum ^ text.charCodeAt(index), 16_777_619);
  return (sum >>> 0).toString(16);
}
