import type { Settings } from './settings.ts';

// Which processes a node runs, and how they are titled: vLLM 0.31 config/parallel.py and v1/executor/multiproc_executor.py.

/** One worker process: its rank within the replica, and where the replica's workers meet (null: all are children of one process). */
export type WorkerShape = {
  readonly title: string;
  readonly rank: number;
  readonly world: number;
  readonly meeting: { readonly host: string; readonly port: number } | null;
};

/** One EngineCore process and its workers; a world of one has none (executor uni). */
export type CoreShape = { readonly title: string; readonly workers: readonly WorkerShape[] };

/** What the top process starts: engines, or on a node that only lends its GPUs to another node's engine, workers. */
export type Shape = { readonly cores: readonly CoreShape[]; readonly workers: readonly WorkerShape[] };

/** Returns the shape of this node, or the sentence with which vLLM refuses the combination (exit status 1). */
export const shapeOf = (settings: Settings): Shape | { readonly wrong: string } => {
  const world = settings.tp * settings.pp * settings.pcp;
  const replica = placeOf(settings, world);
  if ('wrong' in replica) return replica;
  const { nodes, rank, perNode, engines, firstEngine } = replica;
  const workersOf = (dpRank: number): WorkerShape[] =>
    settings.executor === 'ray' || world === 1 ? [] : Array.from({ length: perNode }, (_, i) => workerOf(settings, world, nodes, dpRank, rank * perNode + i));
  if (rank > 0) return { cores: [], workers: workersOf(firstEngine) };
  const cores = Array.from({ length: engines }, (_, i) => ({
    title: settings.dp > 1 ? `VLLM::EngineCore_DP${firstEngine + i}` : 'VLLM::EngineCore',
    workers: workersOf(firstEngine + i),
  }));
  return { cores, workers: [] };
};

type Place = { readonly nodes: number; readonly rank: number; readonly perNode: number; readonly engines: number; readonly firstEngine: number };

const placeOf = (settings: Settings, world: number): Place | { readonly wrong: string } => {
  const { dp, nnodes, nodeRank, headless } = settings;
  if (nodeRank >= nnodes) return { wrong: `node_rank (${nodeRank}) must be less than nnodes (${nnodes})` };
  if (nnodes > 1 && settings.executor === 'ray') return { wrong: 'nnodes > 1 can only be set when distributed executor backend is mp, uni or external_launcher.' };
  if ((dp * world) % nnodes !== 0) return { wrong: `world size (${dp * world}) must divide by nnodes (${nnodes})` };
  const engines = settings.dpLocal ?? (nnodes > 1 ? Math.max(1, Math.floor(dp / nnodes)) : dp);
  const nodes = Math.max(1, Math.round((nnodes * engines) / dp));
  const rank = nodeRank % nodes;
  if (rank > 0 && !headless) return { wrong: 'collective_rpc should not be called on follower node' };
  const firstEngine = settings.dpStart ?? Math.floor(nodeRank / nodes) * engines;
  return { nodes, rank, perNode: world / nodes, engines, firstEngine };
};

const workerOf = (settings: Settings, world: number, nodes: number, dpRank: number, rank: number): WorkerShape => ({
  title: titleOf(settings, dpRank, rank),
  rank,
  world,
  meeting: nodes > 1 ? { host: settings.masterHost, port: settings.masterPort } : null,
});

// Each part shows only if its size is above one, in this order (setup_proc_title_and_log_prefix); ranks count TP first, then PCP, then PP.
const titleOf = ({ tp, pcp, pp, dp, expertParallel }: Settings, dpRank: number, rank: number): string => {
  const parts = [
    dp > 1 ? `_DP${dpRank}` : '',
    pp > 1 ? `_PP${Math.floor(rank / (tp * pcp))}` : '',
    pcp > 1 ? `_PCP${Math.floor(rank / tp) % pcp}` : '',
    tp > 1 ? `_TP${rank % tp}` : '',
    expertParallel ? `_EP${dpRank * tp * pcp + (rank % (tp * pcp))}` : '',
  ];
  return `VLLM::Worker${parts.join('')}`;
};
