// Which outcome (design section 2)? First match wins; N nodes, G GPUs in one container, world of one replica.
import type { Launch } from './launch.ts';
import { knowsSizes, sizesOf } from './launch.ts';
import type { Executor, Outcome } from './plan.ts';

export type Choice = { readonly outcome: Outcome | null; readonly reason: string };

/** Returns the outcome, or null where the identity, the GPUs of a node or the sizes of the engine are not known. */
export function chooseOutcome(launch: Launch, executor: Executor): Choice {
  const { identity, facts, fields, options } = launch;
  const n = identity.size;
  if (options.outcome !== null) return { outcome: options.outcome, reason: `--outcome ${options.outcome} says so` };
  if (n === null) return { outcome: null, reason: 'the number of nodes is not known' };
  const elastic =
    fields !== null && fields.enableElasticEp.value && fields.dataParallelBackend.value.toLowerCase() === 'ray';
  if (n === 1) {
    return elastic ? elasticEp : { outcome: 'single', reason: 'one node' };
  }
  if (fields === null) return { outcome: null, reason: 'what the command runs cannot be told' };
  const g = facts.gpus?.count ?? null;
  if (g === null || g === 0) return { outcome: null, reason: 'the GPUs of one node are not known' };
  if (!knowsSizes(fields)) return { outcome: null, reason: 'the sizes of the engine cannot be read' };
  const { world, dp } = sizesOf(fields);
  if (world > g) return { outcome: executor, reason: `one engine of ${processes(world)} spans nodes of ${g}` };
  if (elastic) return elasticEp;
  if (world * dp > g) {
    return { outcome: 'data-parallel', reason: `${dp} replicas of ${processes(world)} span nodes of ${g}` };
  }
  return { outcome: 'replicas', reason: `an engine of ${processes(world * dp)} fits each node of ${g}` };
}

const elasticEp: Choice = { outcome: 'elastic-ep', reason: 'elastic expert parallelism on Ray is asked for' };

const processes = (count: number): string => (count === 1 ? '1 process' : `${count} processes`);
