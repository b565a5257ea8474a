// Which questions a launch has to this machine, out of its plan.
import type { LaunchPlan } from '#core/plan/plan.ts';
import { hubPlaces, isHubName } from '#upstream/hub.ts';

import { portQuestions } from './port-questions.ts';
import type { Question } from './question.ts';
import { shmNeed } from './shm-need.ts';

type Env = Readonly<Record<string, string>>;

// vLLM raises its own limit to this (utils/system_utils.py set_ulimit); Ray's documents ask for one more (ray.md 2).
const files = { engine: 65_535, ray: 65_536 } as const;

/** Returns the questions of a launch in the order of their lines; a plan that is refused has those that it still can have. */
export function questionsOf(plan: LaunchPlan, env: Env): Question[] {
  const engine = plan.exits === 'engine';
  return [
    ...portQuestions(plan),
    ...nameQuestions(plan),
    ...plan.needs.services.map((service): Question => ({ kind: 'service', service })),
    ...(engine && !plan.rehearsal ? modelQuestion(plan, env) : []),
    ...(engine ? [shmQuestion(plan)] : []),
    limitsQuestion(plan),
    clockQuestion(plan),
  ];
}

function nameQuestions({ document: { gates, identity } }: LaunchPlan): Question[] {
  const leader = gates.find(({ kind }) => kind === 'dns')?.target ?? null;
  const hosts = (identity.nodes ?? []).filter((host) => host !== leader);
  return [
    ...(leader === null ? [] : [{ kind: 'leader', host: leader } as const]),
    ...(hosts.length === 0 ? [] : [{ kind: 'members', hosts } as const]),
  ];
}

/** A path is a fact that the plan judges; the name of a model is asked for where the engine will look for it. */
function modelQuestion({ needs: { model, downloads } }: LaunchPlan, env: Env): Question[] {
  return model === null || !isHubName(model) ? [] : [{ kind: 'model', model, downloads, hub: hubPlaces(env) }];
}

function shmQuestion(plan: LaunchPlan): Question {
  return { kind: 'shm', ...shmNeed(plan) };
}

function limitsQuestion({ ray, exits }: LaunchPlan): Question {
  if (ray !== null) return { kind: 'limits', files: files.ray, who: 'Ray' };
  return { kind: 'limits', files: exits === 'engine' ? files.engine : 0, who: 'vLLM' };
}

function clockQuestion({ document: { identity, ports } }: LaunchPlan): Question {
  const { leader, rank } = identity;
  const asks = leader !== null && rank !== null && rank > 0 && ports.status !== null;
  return { kind: 'clock', leader: asks ? { host: leader.host, port: ports.status } : null };
}
