import type { Settings } from './settings.ts';

// Which processes a node runs, and how they are titled: vLLM 0.31 config/parallel.py and v1/executor/multiproc_executor.py.

/** One worker process: its rank within the replica, and where the replica's workers meet (null: all are children of one process). */
export type WorkerShape = {
  readonly title: string;
  readonly rank: number;
  readonly world: number;
  readonly meeting: { readonly host: string; readonly port: number } | null;
};

/** One EngineCore process and its workers. */
export type CoreShape = { readonly title: string; readonly workers: readonly WorkerShape[] };

/** What the top process starts: engines, or on a node that only lends its GPUs to another node's engine, workers. */
export type Shape = { readonly cores: readonly CoreShape[]; readonly workers: readonly WorkerShape[] };

/** Returns the shape of this node, or the sentence with which vLLM refuses it (exit status 1). */
export const shapeOf = (settings: Settings): Shape | { readonly wrong: string } => {
  const place = placeOf(settings);
  if (place.rank > 0 && !settings.headless)
    return { wrong: 'AssertionError: collective_rpc should not be called on follower node' };
  if (place.rank > 0) return { cores: [], workers: workersOf(settings, place, place.firstEngine) };
  const cores = Array.from({ length: place.engines }, (_, i) => ({
    title: settings.sizes.dp > 1 ? `VLLM::EngineCore_DP${place.firstEngine + i}` : 'VLLM::EngineCore',
    workers: workersOf(settings, place, place.firstEngine + i),
  }));
  return { cores, workers: [] };
};

/** Where this node stands in its replica: node `rank` of `nodes`; the first of its `engines` has the number `firstEngine`. */
type Place = { readonly nodes: number; readonly rank: number; readonly engines: number; readonly firstEngine: number };

const placeOf = ({ sizes: { dp }, dpLocal, dpStart, nnodes, nodeRank }: Settings): Place => {
  const engines = dpLocal ?? (nnodes > 1 ? Math.max(1, Math.floor(dp / nnodes)) : dp);
  const nodes = Math.max(1, Math.round((nnodes * engines) / dp));
  return { nodes, rank: nodeRank % nodes, engines, firstEngine: dpStart ?? Math.floor(nodeRank / nodes) * engines };
};

// The CPU build has a worker process even for a world of one (platforms/cpu.py turns uni into mp); Ray's workers are Ray's children.
const workersOf = (settings: Settings, { nodes, rank }: Place, dpRank: number): readonly WorkerShape[] => {
  const { tp, pp, pcp } = settings.sizes;
  const world = tp * pp * pcp;
  const meeting = nodes > 1 ? { host: settings.masterHost, port: settings.masterPort } : null;
  const perNode = settings.executor === 'ray' ? 0 : world / nodes;
  return Array.from({ length: perNode }, (_, i) => {
    const own = rank * perNode + i;
    return { title: titleOf(settings, dpRank, own), rank: own, world, meeting };
  });
};

// Each part shows only if its size is above one, in this order (setup_proc_title_and_log_prefix); ranks count TP first, then PCP, then PP.
const titleOf = ({ sizes, expertParallel }: Settings, dpRank: number, rank: number): string => {
  const { tp, pcp, pp, dcp, dp } = sizes;
  const parts = [
    dp > 1 ? `_DP${dpRank}` : '',
    pp > 1 ? `_PP${Math.floor(rank / (tp * pcp))}` : '',
    pcp > 1 ? `_PCP${Math.floor(rank / tp) % pcp}` : '',
    tp > 1 ? `_TP${rank % tp}` : '',
    dcp > 1 ? `_DCP${rank % dcp}` : '',
    expertParallel ? `_EP${dpRank * tp * pcp + (rank % (tp * pcp))}` : '',
  ];
  return `VLLM::Worker${parts.join('')}`;
};
