// The short way: a command line without options before `--` needs no parser. This file and what it imports must stay free of npm packages.
import { answerWords } from './answers.ts';
import type { Parsed } from './command.ts';
import { readTokens } from './read.ts';
import { splitWords } from './words.ts';

/** Returns what the words mean, or null where there are options to take apart and `parse.ts` is needed. */
export function quickWords(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Parsed | null {
  const { before, after } = splitWords(words);
  const answer = answerWords({ before, after });
  if (answer !== null) return answer;
  if (before.some((word) => word.startsWith('-'))) return null;
  return readTokens({ words: before, given: new Map(), after }, env);
}
