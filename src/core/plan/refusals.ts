// What cannot work is refused before anything starts, with what to write instead (design section 2).
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { EngineWords } from '#upstream/vllm/read-words.ts';

import type { Decided, Launch } from './launch.ts';
import { sizesOf } from './launch.ts';
import type { Outcome } from './plan.ts';

const config = (message: string, hint: string): Problem => problem('config', message, hint);

/** Returns why this launch is refused, in the order in which a person would mend it. */
export function refusals(launch: Decided): Problem[] {
  const { outcome } = launch.decision;
  if (outcome === 'single' || outcome === 'replicas') return untouched(launch);
  return [...unknownCommand(launch), ...unknownGpus(launch), ...unready(outcome), ...spanning(launch)];
}

const untouched = (launch: Launch): Problem[] => (launch.program === 'ray-start' ? [rayStart] : []);

const rayStart = config(
  'cannot run `ray start`: this launcher starts Ray itself where the plan needs it',
  'give the engine command instead (args: of the manifest), or use `vllm-launch exec -- ray start ...`',
);

function unknownCommand({ profile, program, command }: Launch): Problem[] {
  if (program === 'ray-start') return [rayStart];
  if (profile !== 'command') return [];
  const first = JSON.stringify(command[0] ?? '');
  const what =
    program === 'shell' ? `${first} hides the engine in a shell string` : `${first} is no engine that we know`;
  return [
    config(
      `cannot run this command on several nodes: ${what}`,
      'write the engine command without a shell, or say what it is with --engine vllm|dynamo or --outcome replicas',
    ),
  ];
}

function unknownGpus({ facts, profile }: Launch): Problem[] {
  if (profile === 'command' || (facts.gpus !== null && facts.gpus.count > 0)) return [];
  const seen = facts.gpus === null ? 'no device and no variable tells them' : `${facts.gpus.source} says 0`;
  return [config(`cannot tell the GPUs of one node: ${seen}`, 'give --gpus-per-node (on CPU builds: worker slots)')];
}

function unready(outcome: Outcome | null): Problem[] {
  if (outcome !== 'ray' && outcome !== 'data-parallel' && outcome !== 'elastic-ep') return [];
  return [
    config(
      `cannot run the outcome ${outcome}: this version plans it but does not start it yet`,
      outcome === 'ray'
        ? 'use --executor mp, or the annotation nvidia.com/vllm-distributed-executor-backend: mp'
        : 'see CHANGELOG',
    ),
  ];
}

function spanning(launch: Decided): Problem[] {
  const { fields, decision, identity, facts } = launch;
  if (fields === null || identity.size === null || facts.gpus === null || facts.gpus.count === 0) return [];
  const fit = { fields, n: identity.size, g: facts.gpus.count };
  switch (decision.outcome) {
    case 'mp':
      return [...rayReplicas(fields), ...headlessIgnored(launch), ...mpFit(fit)];
    case 'data-parallel':
      return [...rayReplicas(fields), ...mpFit(fit)];
    case 'ray':
      return rayFit(fit);
    case 'single':
    case 'replicas':
    case 'elastic-ep':
    case null:
      return [];
  }
}

type Fit = { readonly fields: EngineWords; readonly n: number; readonly g: number };

function mpFit({ fields, n, g }: Fit): Problem[] {
  const { world, dp } = sizesOf(fields);
  const all = world * dp;
  const text = dp > 1 ? `${world} x ${dp} data-parallel replicas = ${all}` : String(all);
  if (all % n !== 0) {
    return [
      config(`cannot spread ${text} processes over ${n} nodes: it does not divide`, 'change the sizes or --nnodes'),
    ];
  }
  if (all / n <= g) return [];
  return [
    config(
      `cannot put ${all / n} processes on a node of ${g} GPUs: ${text} over ${n} nodes does not fit`,
      'change the sizes, --nnodes or --gpus-per-node',
    ),
  ];
}

function rayFit({ fields, n, g }: Fit): Problem[] {
  const { world } = sizesOf(fields);
  if (world <= n * g) return [];
  const message = `cannot put ${world} processes on ${n} nodes of ${g} GPUs: only ${n * g} are there`;
  return [config(message, 'change the sizes, --nnodes or --gpus-per-node')];
}

function rayReplicas({ dataParallelBackend }: EngineWords): Problem[] {
  if (dataParallelBackend.value.toLowerCase() !== 'ray') return [];
  const message = `cannot use ${dataParallelBackend.word ?? '--data-parallel-backend ray'} here: several nodes without Ray need mp`;
  return [config(message, 'remove it, or choose --executor ray')];
}

function headlessIgnored({ program }: Launch): Problem[] {
  if (program !== 'openai-api-server') return [];
  return [
    config(
      'cannot run workers of `python -m vllm.entrypoints.openai.api_server`: it ignores --headless',
      'write `vllm serve MODEL ...` instead',
    ),
  ];
}
