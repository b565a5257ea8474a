// What cannot work is refused before anything starts, with what to write instead (design section 2).
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

import { rayCommandProblems } from './foreign-ray.ts';
import { enginePort } from './gates.ts';
import type { Decided, Launch } from './launch.ts';
import { usesRay } from './launch.ts';

const config = (message: string, hint: string): Problem => problem('config', message, hint);

/** Returns why this launch is refused, in the order in which a person would mend it. */
export function refusals(launch: Decided): Problem[] {
  const { outcome } = launch.decision;
  const ray = rayCommandProblems(launch);
  if (ray.length > 0) return ray;
  if (outcome === 'single') return [];
  if (outcome === 'replicas') return sharedPort(launch);
  const several = (launch.identity.size ?? 1) > 1;
  return [
    ...(several ? unknownCommand(launch) : []),
    ...(several || usesRay(launch) ? unknownGpus(launch) : []),
    ...rayReplicas(launch),
    ...headlessIgnored(launch),
    ...sharedPort(launch),
  ];
}

function unknownCommand({ profile, program, command }: Launch): Problem[] {
  if (profile !== 'command') return [];
  const first = quote(command[0] ?? '');
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

function rayReplicas({ fields, decision: { outcome } }: Decided): Problem[] {
  if (fields === null || (outcome !== 'mp' && outcome !== 'data-parallel')) return [];
  const { value, word } = fields.dataParallelBackend;
  if (value !== 'ray') return [];
  const message = `cannot use ${word ?? value} here: several nodes without Ray need mp`;
  return [config(message, outcome === 'mp' ? 'remove it, or choose --executor ray' : 'remove it')];
}

/** Nodes of `local` share one machine, where only one engine can listen. */
function sharedPort(launch: Decided): Problem[] {
  const { options, identity, decision } = launch;
  const port = enginePort(launch);
  const eachServes = decision.outcome === 'replicas' || decision.outcome === 'data-parallel';
  if (options['local-group'] === null || identity.size === 1 || port === null || !eachServes) return [];
  const message = `cannot run the outcome ${decision.outcome} on one machine: the engine of each node listens on port ${port}`;
  return [config(message, 'use --nodes 1, or one machine (or network namespace) a node')];
}

function headlessIgnored({ program, decision: { outcome } }: Decided): Problem[] {
  if (outcome !== 'mp' || program !== 'openai-api-server') return [];
  return [
    config(
      'cannot run workers of `python -m vllm.entrypoints.openai.api_server`: it ignores --headless',
      'write `vllm serve MODEL ...` instead',
    ),
  ];
}
