// What was found out already when the plan was made: programs, versions, GPUs, a model's path. What is missing, the plan refuses.
import type { EngineVersion, Facts } from '#core/facts.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';

import type { Line } from './line.ts';
import { ok, warning } from './line.ts';

/** Returns a line for each program that is there, with its version, then for the GPUs and the path of the model. */
export function factLines(facts: Facts, plan: LaunchPlan): Line[] {
  return [...programLines(facts, plan), ...gpuLines(facts, plan), ...modelLines(facts)];
}

function programLines(
  { executable, rayProgram, ...versions }: Facts,
  { document, ray, rehearsal }: LaunchPlan,
): Line[] {
  const { profile } = document.engine;
  const rehearsed = rehearsal ? [ok('program', 'the rehearsal engine runs in place of the real one')] : [];
  const engine = executable?.found === true ? [ok('program', `the command is ${executable.path}`)] : [];
  const wanted: readonly (readonly [string, EngineVersion | null, boolean])[] = [
    ['Dynamo', versions.dynamo, profile === 'dynamo'],
    ['vLLM', versions.vllm, profile !== 'command'],
    ['Ray', versions.ray, ray !== null],
  ];
  const known = rehearsal
    ? []
    : wanted.filter(([, , here]) => here).map(([name, version]) => versionLine(name, version));
  const program = ray !== null && rayProgram?.found === true ? [ok('program', `ray is ${rayProgram.path}`)] : [];
  return [...(rehearsal ? rehearsed : engine), ...program, ...known];
}

const versionLine = (name: string, found: EngineVersion | null): Line =>
  found === null
    ? warning('version', `the version of ${name} is not known: no dist-info beside the command's Python tells it`)
    : ok('version', `${name} ${found.version} (${found.source})`);

function gpuLines({ gpus }: Facts, { document: { engine } }: LaunchPlan): Line[] {
  if (engine.profile === 'command') return [];
  if (gpus === null) {
    const hint = 'on a CPU build, give its worker slots with --gpus-per-node';
    return [warning('gpus', 'no GPU of this node is known', hint)];
  }
  const what = gpus.devices ? [gpus.model, 'GPU'].filter((word) => word !== null).join(' ') : 'GPU or worker slot';
  const count = `${gpus.count} ${what}${gpus.count === 1 ? '' : 's'} (${gpus.source})`;
  return [gpus.count === 0 ? warning('gpus', count) : ok('gpus', count)];
}

const modelLines = ({ model }: Facts): Line[] =>
  model?.present === true ? [ok('model', `model path ${JSON.stringify(model.path)} is there`)] : [];
