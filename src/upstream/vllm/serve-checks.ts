// What `vllm serve` itself refuses, and how it reads its own load-balancing options
// (vLLM 0.31, vllm/entrypoints/cli/serve.py and vllm/entrypoints/launchers/dp_supervisor.py).
import type { Objection, Values } from './fields.ts';

/** Returns whether `vllm serve` runs without an API server, as it does with --headless or no servers to start. */
export const runsHeadless = (values: Values): boolean => values.headless || serversOf(values) < 1;

function serversOf(values: Values): number {
  const { apiServerCount, multiPortExternalLb, externalLb, dataParallelRank, dataParallelStartRank } = values;
  if (apiServerCount !== null) return apiServerCount;
  if (multiPortExternalLb || externalLb || dataParallelRank !== null) return 1;
  // 0 local ranks count as not given.
  return values.hybridLb || dataParallelStartRank !== null ? values.dpLocal || 1 : values.dp;
}

/** Returns what `vllm serve` objects to before it looks at the sizes as a whole. */
export function serveObjections(values: Values): readonly Objection[] {
  const { headless, apiServerCount, hybridLb, multiPortExternalLb, dataParallelStartRank } = values;
  const external = values.externalLb || values.dataParallelRank !== null;
  const hybrid = hybridLb || (!multiPortExternalLb && dataParallelStartRank !== null);
  const modes = [external, hybrid, multiPortExternalLb].filter(Boolean).length;
  const objections: Objection[] = [];
  if (headless && apiServerCount !== null && apiServerCount > 0)
    objections.push(['apiServerCount', 'a --headless node starts no API server; leave one of the two out']);
  if (modes > 1)
    objections.push([
      values.externalLb ? 'externalLb' : 'dataParallelRank',
      'another way of balancing data parallelism is asked for too; keep one of them',
    ]);
  return objections;
}

/** Returns what vLLM objects to where one command supervises all ranks of a node, each on a port of its own. */
export function supervisorObjections(values: Values): readonly Objection[] {
  if (!values.multiPortExternalLb) return [];
  const { dp, dpLocal, port, supervisorPort } = values;
  const first = port ?? 8000;
  const refuse = (why: string): readonly Objection[] => [['multiPortExternalLb', why]];
  if (values.apiServerCount !== null && values.apiServerCount !== 1)
    return refuse('it starts one API server per rank; leave out --api-server-count');
  if (values.dataParallelRank !== null) return refuse('it numbers the ranks itself; leave out --data-parallel-rank');
  if (values.externalLb || values.hybridLb) return refuse('it is a way of balancing of its own; leave the other out');
  if (dpLocal === null || dpLocal < 2)
    return refuse('it supervises several ranks; give --data-parallel-size-local 2 or more');
  if (dp % dpLocal !== 0) return refuse('the ranks of this node do not divide all ranks; change one of the sizes');
  if (firstRank(values, dpLocal) + dpLocal > dp)
    return refuse('its ranks go beyond the last one; change --data-parallel-start-rank');
  if (first <= supervisorPort && supervisorPort < first + dpLocal)
    return refuse(`its own port ${supervisorPort} is among those of its ranks; change --data-parallel-supervisor-port`);
  return [];
}

/** Returns the options of the processes that the supervisor starts for its first and its last rank. */
export function supervised(values: Values): readonly Values[] {
  const local = values.dpLocal ?? 1;
  return [0, local - 1].map((at) => ({
    ...values,
    dataParallelRank: firstRank(values, local) + at,
    dataParallelStartRank: null,
    dpLocal: 1,
    externalLb: true,
    hybridLb: false,
    apiServerCount: 1,
  }));
}

const firstRank = ({ dataParallelStartRank, nodeRank }: Values, local: number): number =>
  dataParallelStartRank ?? nodeRank * local;
