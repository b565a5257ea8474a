// The words that the outcome data-parallel adds: every node serves its own share of the ranks (hybrid load balancing, vllm.md 1.3).
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { EngineWords } from '#upstream/vllm/read-words.ts';

import type { Decided } from './launch.ts';
import { sizesOf } from './launch.ts';
import type { Added, Ours } from './mp.ts';
import { addWord } from './mp.ts';

/** What a node of a data-parallel engine must know: how many ranks it has, which is its first, and where rank 0 is. */
export type RanksPlace = {
  readonly local: number;
  readonly start: number;
  readonly host: string;
  readonly rpcPort: number;
};

/** Returns this node's ranks, or null for other outcomes and where its place or a share in whole ranks is not known. */
export function ranksPlace({ decision, identity, options, fields }: Decided): RanksPlace | null {
  const { rank, size, leader } = identity;
  if (decision.outcome !== 'data-parallel' || fields === null || rank === null || size === null || leader === null)
    return null;
  const local = sizesOf(fields).dp / size;
  const whole = Number.isInteger(local) && local > 0;
  return whole ? { local, start: local * rank, host: leader.host, rpcPort: options['data-parallel-rpc-port'] } : null;
}

/** Returns our words less those the user gave with the same value, in the operator's order (dynamo.md 2.3), and a problem for each that contradicts. */
export function ranksWords({ local, start, host, rpcPort }: RanksPlace, fields: EngineWords): Added {
  const { sizes, dataParallelStartRank, dataParallelAddress, dataParallelRpcPort } = fields;
  const ours: readonly Ours[] = [
    { words: ['--data-parallel-size-local', String(local)], theirs: sizes.dpLocal, option: '--nnodes' },
    { words: ['--data-parallel-start-rank', String(start)], theirs: dataParallelStartRank, option: '--node-rank' },
    { words: ['--data-parallel-address', host], theirs: dataParallelAddress, option: '--leader' },
    {
      words: ['--data-parallel-rpc-port', String(rpcPort)],
      theirs: dataParallelRpcPort,
      option: '--data-parallel-rpc-port',
    },
  ];
  const added = [balancer(fields.hybridLb), ...ours.map(addWord)];
  return {
    words: added.flatMap(({ words }) => words),
    problems: [...added.flatMap(({ problems }) => problems), ...otherBalancers(fields)],
  };
}

const hybrid = '--data-parallel-hybrid-lb';

function balancer({ value, word }: EngineWords['hybridLb']): Added {
  if (word === null) return { words: [hybrid], problems: [] };
  return { words: [], problems: value ? [] : [contradicted(word)] };
}

/** Each of these says that somebody else gives out the ranks, or that a node serves nothing. */
const otherBalancers = (fields: EngineWords): Problem[] =>
  [fields.externalLb, fields.multiPortExternalLb, fields.dataParallelRank, fields.headless].flatMap(
    ({ value, word }) => (word === null || value === false || value === null ? [] : [contradicted(word)]),
  );

const contradicted = (word: string): Problem =>
  problem(
    'config',
    `cannot add ${hybrid}: the command says ${word}`,
    'remove it from the command; to give each node its own --data-parallel-* flags use --outcome replicas',
  );
