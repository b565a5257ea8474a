import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import type { Executable } from '#core/facts.ts';

import { within } from './within.ts';

// Finds a program as execvp(3) would, by asking only; nothing is started.
// glibc's execvp where there is no PATH.
const standardPath = '/bin:/usr/bin';
const boundMs = 5_000;

type Kind = 'program' | 'directory' | 'not-executable' | 'not-found';

/** Returns the program that a word names, or why it cannot be started; null where the file system does not answer in time. */
export const findExecutable = (word: string, path: string | undefined): Promise<Executable | null> =>
  within(boundMs, search(word, path), null);

async function search(word: string, path: string | undefined): Promise<Executable> {
  // A file that is there but may not be executed is remembered: a later one that may wins, else it is the reason.
  let why: Exclude<Kind, 'program'> = 'not-found';
  // Asked side by side and heard in order: a folder that does not answer holds up only what comes after it.
  const asked = candidates(word, path).map((candidate) => ({ candidate, answer: kindOf(candidate) }));
  for (const { candidate, answer } of asked) {
    const kind = await answer;
    if (kind === 'program') return { found: true, word, path: candidate };
    if (kind !== 'not-found') why = kind;
  }
  return { found: false, word, why };
}

function candidates(word: string, path: string | undefined): string[] {
  if (word === '') return [];
  if (word.includes('/')) return [word];
  // An empty entry is the working directory.
  return (path ?? standardPath).split(delimiter).map((folder) => join(folder === '' ? '.' : folder, word));
}

async function kindOf(path: string): Promise<Kind> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'directory';
    await access(path, constants.X_OK);
    return 'program';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'not-executable' : 'not-found';
  }
}
