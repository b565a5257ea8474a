// What the engine refuses once its words are read (vLLM 0.31): create_engine_config (vllm/engine/arg_utils.py) and
// ParallelConfig (vllm/config/parallel.py). What depends on the model, the machine's GPUs or installed packages is left out.
import type { FieldName, Objection, Values } from './fields.ts';
import { type Placement, placeRanks } from './rank-placement.ts';

/** Returns what the engine objects to; sizes out of their range come alone, since nothing can be reckoned with them. */
export function objectionsTo(values: Values, headless: boolean): readonly Objection[] {
  const range = outOfRange(values);
  if (range.length > 0) return range;
  const placed = placeRanks(values, headless);
  const rest = [...backends(values), ...contextRanks(values), ...expertBalancing(values)];
  return 'local' in placed
    ? [...rest, ...ranks(values, placed, headless), ...elastic(values, placed)]
    : [...rest, placed];
}

const positive: readonly FieldName[] = ['tp', 'pp', 'pcp', 'dcp', 'dp', 'nnodes', 'elasticEpMaxDpSize'];
const notNegative: readonly FieldName[] = ['dpLocal', 'nodeRank', 'dataParallelRank'];

function outOfRange(values: Values): readonly Objection[] {
  const below = (names: readonly FieldName[], least: number) =>
    names
      .filter((name) => values[name] !== null && Number(values[name]) < least)
      .map(objection(`must be ${least} or more`));
  const port = values.dataParallelRpcPort;
  const noPort = port !== null && (port < 1 || port > 65535);
  return [
    ...below(positive, 1),
    ...below(notNegative, 0),
    ...when(noPort, 'dataParallelRpcPort', 'a port is 1 to 65535; give one'),
  ];
}

const objection =
  (why: string) =>
  (name: FieldName): Objection => [name, `it ${why}; change it`];

const when = (refused: boolean, name: FieldName, why: string): readonly Objection[] => (refused ? [[name, why]] : []);

function backends({ executorBackend: backend, dataParallelBackend, nnodes, pp }: Values): readonly Objection[] {
  const spanning = ['mp', 'uni', 'external_launcher'];
  const staged = ['mp', 'ray', 'external_launcher'];
  return [
    ...when(!['mp', 'ray'].includes(dataParallelBackend), 'dataParallelBackend', 'it is mp or ray; write one of them'),
    ...when(
      backend !== null && nnodes > 1 && !spanning.includes(backend),
      'executorBackend',
      `--nnodes ${nnodes} needs mp, uni or external_launcher; write one of them`,
    ),
    ...when(
      backend !== null && pp > 1 && !staged.includes(backend),
      'executorBackend',
      `--pipeline-parallel-size ${pp} needs mp, ray or external_launcher; write one of them`,
    ),
  ];
}

function contextRanks({ tp, pcp, dcp }: Values): readonly Objection[] {
  if (pcp === 1)
    return when(tp % dcp !== 0, 'dcp', `it does not divide --tensor-parallel-size ${tp}; change one of them`);
  const allowed = [1, pcp, tp * pcp];
  return when(!allowed.includes(dcp), 'dcp', `with these sizes it is one of ${allowed.join(', ')}; give one of them`);
}

function expertBalancing({ enableEplb, enableExpertParallel, tp, pcp, dp }: Values): readonly Objection[] {
  return [
    ...when(enableEplb && !enableExpertParallel, 'enableEplb', 'it needs --enable-expert-parallel; give that too'),
    ...when(enableEplb && tp * pcp * dp === 1, 'enableEplb', 'there is one rank and nothing to balance; leave it out'),
  ];
}

function ranks(values: Values, { external, local, rank, hybrid }: Placement, headless: boolean): readonly Objection[] {
  const { dp, nnodes, executorBackend } = values;
  const from = values.dataParallelRank === null ? 'dataParallelStartRank' : 'dataParallelRank';
  const counted = dp > 1 || local === 0;
  const replicas = Math.floor(dp / local);
  const uneven = nnodes > 1 && !external && (local === 0 || nnodes % replicas !== 0);
  return [
    ...when(local > dp, 'dpLocal', `there are ${dp} ranks in all; change it or --data-parallel-size`),
    ...when(dp === 1 && external, balancer(values), 'there is one rank; give --data-parallel-size'),
    ...when(rank < 0, from, 'ranks begin at 0; change it'),
    ...when(
      counted && rank >= dp && executorBackend !== 'external_launcher',
      from,
      `ranks end at ${dp - 1}; change it`,
    ),
    ...when(uneven, 'nnodes', `it does not divide by the ${replicas} groups of nodes; change it or a size`),
    ...when(
      headless && (hybrid || local === 0),
      values.headless ? 'headless' : 'apiServerCount',
      'a node without an API server needs an engine of its own; give it one',
    ),
  ];
}

/** Returns the option that asks for balancing outside of vLLM. */
function balancer({ externalLb, dataParallelRank, dataParallelStartRank }: Values): FieldName {
  if (externalLb) return 'externalLb';
  if (dataParallelRank !== null) return 'dataParallelRank';
  return dataParallelStartRank === null ? 'hybridLb' : 'dataParallelStartRank';
}

function elastic(values: Values, { external, hybrid }: Placement): readonly Objection[] {
  const { enableElasticEp, enableEplb, pp, dp, elasticEpMaxDpSize: most } = values;
  const refuse = (refused: boolean, why: string) => when(enableElasticEp && refused, 'enableElasticEp', why);
  return [
    ...refuse(!enableEplb, 'it needs --enable-eplb; give that too'),
    ...refuse(pp > 1, `it knows no pipeline; leave out --pipeline-parallel-size ${pp}`),
    ...refuse(external || hybrid, 'it needs one server for all ranks; leave out the other load balancing'),
    ...refuse(most !== null && most < dp, `--elastic-ep-max-dp-size ${most} is less than ${dp} ranks; raise it`),
  ];
}
