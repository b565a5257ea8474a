// The words that Ray adds to the engine's own, and those of the user that Ray leaves no room for.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { EngineWords } from '#upstream/vllm/read-words.ts';

import type { Added } from './mp.ts';
import { addWord, fromVariable } from './mp.ts';

/** Returns the backend unless the user gave it, and a problem for each word that only mp has a use for. */
export function rayWords(fields: EngineWords): Added {
  const backend = addWord({
    words: ['--distributed-executor-backend', 'ray'],
    theirs: fields.executorBackend,
    option: '--executor',
  });
  return { words: backend.words, problems: [...backend.problems, ...mpOnly(fields)] };
}

function mpOnly({ nnodes, masterAddr, masterPort, nodeRank, headless }: EngineWords): Problem[] {
  const placed = [nnodes, masterAddr, masterPort, nodeRank].map(({ word }) => word);
  return [...placed, headless.value ? headless.word : null].flatMap((word) => (word === null ? [] : [refuse(word)]));
}

function refuse(word: string): Problem {
  const message = `cannot use ${word} with Ray: it belongs to the backend mp, and here one engine command runs on the leader alone`;
  const hint = fromVariable(word) ? 'unset DYN_VLLM_HEADLESS' : 'remove it from the command';
  return problem('config', message, `${hint}, or choose --executor mp`);
}
