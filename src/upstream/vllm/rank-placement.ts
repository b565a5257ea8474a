// Which data-parallel rank this node begins with and who balances the load, as vLLM decides it
// (vLLM 0.31, vllm/engine/arg_utils.py, create_engine_config).
import type { Objection, Values } from './fields.ts';

export type Placement = {
  /** One rank to a process, balanced outside. */
  readonly external: boolean;
  /** Balanced outside between nodes, inside each node by vLLM. */
  readonly hybrid: boolean;
  readonly local: number;
  readonly rank: number;
};

/** Returns where vLLM puts the ranks of this node, or what it objects to; sizes are positive. */
export function placeRanks(values: Values, headless: boolean): Placement | Objection {
  const { hybridLb, externalLb } = values;
  if (hybridLb && headless) return ['hybridLb', 'a headless node has no server to balance; leave one of the two out'];
  if (hybridLb && externalLb) return ['hybridLb', '--data-parallel-external-lb is given too; leave one of the two out'];
  if (values.nnodes === 1) return balance(values, headless, { rank: null, local: null, inferred: 0 });
  const spread = spreadOverNodes(values);
  return 'inferred' in spread ? balance(values, headless, spread) : spread;
}

/** What vLLM infers from the number of nodes; null where it infers nothing. */
type Spread = { readonly rank: number | null; readonly local: number | null; readonly inferred: number };

function spreadOverNodes(values: Values): Spread | Objection {
  const { nnodes, nodeRank, dp, externalLb, dataParallelRank } = values;
  const replica = values.tp * values.pp * values.pcp;
  const world = dp * replica;
  if (values.dataParallelBackend !== 'mp')
    return ['dataParallelBackend', `--nnodes ${nnodes} needs --data-parallel-backend mp; give that or --nnodes 1`];
  if (world % nnodes !== 0)
    return ['nnodes', `it does not divide the ${world} ranks of all sizes; change it or a size`];
  if (nodeRank >= nnodes) return ['nodeRank', `the nodes are numbered 0 to ${nnodes - 1}; give this node's number`];
  const share = world / nnodes;
  const inferred = Math.floor((nodeRank * share) / replica);
  if (dp === 1 || !externalLb) return { rank: null, local: Math.max(Math.floor(share / replica), 1), inferred };
  if (dataParallelRank === null && nnodes % dp !== 0)
    return ['externalLb', `${nnodes} nodes do not divide by ${dp} ranks; give --data-parallel-rank`];
  return { rank: inferred, local: null, inferred };
}

function balance(values: Values, headless: boolean, spread: Spread): Placement | Objection {
  const rank = values.dataParallelRank ?? spread.rank;
  const local = values.dpLocal ?? spread.local;
  if (values.externalLb || rank !== null) return external(rank, local);
  if (local !== null) return localRanks(values, headless, local, spread.inferred);
  if (values.hybridLb) return ['hybridLb', 'it needs --data-parallel-size-local; give the ranks of this node'];
  return { external: false, hybrid: false, local: values.dp, rank: 0 };
}

function external(rank: number | null, local: number | null): Placement | Objection {
  if (rank === null) return ['externalLb', 'it needs the rank of this process; give --data-parallel-rank'];
  if (local !== null && local !== 1)
    return ['dpLocal', 'a process with a rank of its own is one; give --data-parallel-size-local 1'];
  return { external: true, hybrid: false, local: 1, rank };
}

function localRanks(values: Values, headless: boolean, local: number, inferred: number): Placement {
  const { dataParallelStartRank: start, hybridLb, dp } = values;
  const hybrid = hybridLb || (start !== null && !headless);
  return {
    external: hybrid && local === 1,
    hybrid: hybrid && local !== 1 && local !== dp,
    local,
    rank: start ?? inferred,
  };
}
