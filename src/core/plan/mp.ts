// The words that the outcome mp adds to the user's own, in the order of design section 2.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { EngineWords } from '#upstream/vllm/read-words.ts';

/** What a node of an engine must know: its rank of how many, and where rank 0 is. */
export type MpPlace = {
  readonly rank: number;
  readonly size: number;
  readonly host: string;
  readonly masterPort: number;
};

export type Ours = {
  readonly words: readonly [flag: string, value: string];
  readonly theirs: { readonly value: unknown; readonly word: string | null };
  /** How the value is chosen with an option of this launcher. */
  readonly option: string;
};

export type Added = { readonly words: readonly string[]; readonly problems: readonly Problem[] };

/** Returns our words less those the user gave with the same value, and a problem for each that contradicts. */
export function mpWords({ rank, size, host, masterPort }: MpPlace, fields: EngineWords): Added {
  const { executorBackend, nnodes, masterAddr, masterPort: port, nodeRank, headless } = fields;
  const ours: readonly Ours[] = [
    { words: ['--distributed-executor-backend', 'mp'], theirs: executorBackend, option: '--executor' },
    { words: ['--nnodes', String(size)], theirs: nnodes, option: '--nnodes' },
    { words: ['--master-addr', host], theirs: masterAddr, option: '--leader' },
    { words: ['--master-port', String(masterPort)], theirs: port, option: '--master-port' },
    { words: ['--node-rank', String(rank)], theirs: nodeRank, option: '--node-rank' },
  ];
  const added = [...ours.map(addWord), rank === 0 ? headlessLeader(headless) : headlessWorker(headless)];
  return { words: added.flatMap(({ words }) => words), problems: added.flatMap(({ problems }) => problems) };
}

const hostFlags: ReadonlySet<string> = new Set(['--master-addr', '--data-parallel-address']);

/** Returns our word and its value unless the user gave the same, or a problem where the user's contradicts. */
export function addWord({ words, theirs, option }: Ours): Added {
  if (theirs.word === null) return { words, problems: [] };
  const [flag, value] = words;
  const said = String(theirs.value);
  // The case of a host name does not count.
  if (said === value || (hostFlags.has(flag) && said.toLowerCase() === value.toLowerCase())) return nothing;
  const hint = `remove it from the command; to choose the value give vllm-launch ${option}`;
  return { words: [], problems: [contradiction(words, theirs.word, hint)] };
}

const nothing: Added = { words: [], problems: [] };

const contradiction = (words: readonly string[], said: string, hint: string): Problem =>
  problem('config', `cannot add ${words.join(' ')}: the command says ${said}`, hint);

/** Tells whether --headless stands in Dynamo's variable and not in the words (ai-dynamo 1.6.1, backend_args.py). */
export const fromVariable = (word: string): boolean => word.startsWith('DYN_VLLM_HEADLESS=');

function headlessWorker({ value, word }: EngineWords['headless']): Added {
  if (value) return nothing;
  if (word === null || fromVariable(word)) return { words: ['--headless'], problems: [] };
  return { words: [], problems: [contradiction(['--headless'], word, 'remove it from the command')] };
}

function headlessLeader({ value, word }: EngineWords['headless']): Added {
  if (!value || word === null) return nothing;
  const hint = fromVariable(word)
    ? 'unset DYN_VLLM_HEADLESS; vllm-launch adds --headless on workers'
    : 'remove it from the command; vllm-launch adds it on workers';
  const message = `cannot run the leader with ${word}: a headless leader serves nothing`;
  return { words: [], problems: [problem('config', message, hint)] };
}
