// The words that the outcome mp adds to the user's own, in the order of design section 2.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { EngineWords } from '#upstream/vllm/read-words.ts';

import type { Launch } from './launch.ts';

type Ours = {
  readonly flag: string;
  readonly value: string | null;
  readonly users: (fields: EngineWords) => { readonly value: unknown; readonly word: string | null };
  readonly instead: string;
};

export type Added = { readonly words: readonly string[]; readonly problems: readonly Problem[] };

/** Returns our words less those the user gave with the same value, and a problem for each that contradicts. */
export function mpWords(launch: Launch, fields: EngineWords): Added {
  const { identity, options } = launch;
  const rank = identity.rank ?? 0;
  const ours: Ours[] = [
    { flag: '--distributed-executor-backend', value: 'mp', users: (f) => f.executorBackend, instead: '--executor' },
    { flag: '--nnodes', value: String(identity.size), users: (f) => f.nnodes, instead: '--nnodes' },
    { flag: '--master-addr', value: identity.leader?.host ?? '', users: (f) => f.masterAddr, instead: '--leader' },
    {
      flag: '--master-port',
      value: String(options['master-port']),
      users: (f) => f.masterPort,
      instead: '--master-port',
    },
    { flag: '--node-rank', value: String(rank), users: (f) => f.nodeRank, instead: '--node-rank' },
  ];
  if (rank > 0) ours.push({ flag: '--headless', value: null, users: (f) => f.headless, instead: '--node-rank' });
  const added = ours.map((mine) => add(mine, fields));
  const headless = rank === 0 && fields.headless.value ? [headlessLeader(fields.headless.word)] : [];
  return {
    words: added.flatMap((one) => one.words),
    problems: [...added.flatMap((one) => one.problems), ...headless],
  };
}

function add(mine: Ours, fields: EngineWords): Added {
  const theirs = mine.users(fields);
  const words = mine.value === null ? [mine.flag] : [mine.flag, mine.value];
  if (theirs.word === null) return { words, problems: [] };
  const wanted = mine.value === null ? 'true' : mine.value;
  if (String(theirs.value).toLowerCase() === wanted.toLowerCase()) return { words: [], problems: [] };
  const message = `cannot add ${words.join(' ')}: the command says ${theirs.word}`;
  const hint = `remove it from the command; to choose the value give vllm-launch ${mine.instead}`;
  return { words: [], problems: [problem('config', message, hint)] };
}

const headlessLeader = (word: string | null): Problem =>
  problem(
    'config',
    `cannot run the leader with ${word ?? '--headless'}: a headless leader serves nothing`,
    'remove it from the command; vllm-launch adds it on workers',
  );
