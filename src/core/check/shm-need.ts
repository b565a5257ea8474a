// How much of /dev/shm an engine may fill (vllm.md 6: psm_* segments of its message queues; ray.md 1: the floor of Ray's store).
import type { LaunchPlan } from '#core/plan/plan.ts';

const mebibyte = 1_048_576;
const commandQueue = 160 * mebibyte;
const replyQueue = 240 * mebibyte;
const spanningQueues = 24 * mebibyte;
const rayStore = 75 * mebibyte;

export type ShmNeed = { readonly neededBytes: number; readonly why: string };

/** Returns the bytes that the processes of this node may write there, and what for; 0 where there is one process. */
export function shmNeed({ document, ray }: LaunchPlan): ShmNeed {
  const { engine, decision, identity, gpus } = document;
  const { world, dp } = engine.sizes;
  const store = ray === null ? 0 : rayStore;
  const size = identity.size ?? 1;
  if (decision.outcome === 'mp' || decision.outcome === 'ray') {
    const here = Math.ceil(((world ?? 1) * (dp ?? 1)) / size);
    return { neededBytes: store + spanningQueues * (here + 1), why: `queues of ${count(here)} that span nodes` };
  }
  const replicas = decision.outcome === 'data-parallel' ? Math.ceil((dp ?? 1) / size) : (dp ?? 1);
  const workers = world ?? 1;
  if (workers === 1) return { neededBytes: store, why: store === 0 ? '' : "Ray's object store" };
  const room = Math.max(1, Math.min(replicas, Math.floor((gpus.count ?? Infinity) / workers)));
  const each = commandQueue + replyQueue * workers;
  return { neededBytes: store + room * each, why: `queues of ${count(room * workers)}` };
}

const count = (workers: number): string => (workers === 1 ? 'a worker' : `${workers} workers`);
