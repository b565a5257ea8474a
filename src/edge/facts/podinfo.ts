import { readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Podinfo, TextFile } from '#core/facts.ts';
import { notThere } from '#core/facts.ts';

import { readTextFile, reasonOf } from './text-file.ts';
import { within } from './within.ts';

// The kubelet swaps `..data` atomically and then deletes the old directory. Both files are read below one resolved
// directory, so that they are of one version; where that directory was deleted meanwhile, all is read again.
const attempts = 3;
const boundMs = 5_000;

/** Returns the downward API's files of a directory, or null where there is no such directory. */
export async function gatherPodinfo(directory: string): Promise<Podinfo | null> {
  const late = unreadable(directory, `it could not be read within ${boundMs} ms`);
  return within(boundMs, readConsistent(directory), late);
}

async function readConsistent(directory: string): Promise<Podinfo | null> {
  const there = await lookAt(directory);
  if (there === notThere) return null;
  if (there !== null) return unreadable(directory, there);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const root = await currentRoot(directory);
    const [annotations, labels] = await Promise.all([
      read(directory, root, 'annotations'),
      read(directory, root, 'labels'),
    ]);
    const absent = [annotations, labels].some((file) => 'missing' in file && file.missing === notThere);
    if (!absent || (await lookAt(root)) === null) return { directory, annotations, labels };
  }
  return unreadable(directory, `it was replaced ${attempts} times while it was read`);
}

/** Returns null where something is there, else why not. */
const lookAt = (path: string): Promise<string | null> => stat(path).then(() => null, reasonOf);

/** One readlink decides; a directory that somebody made by hand has no `..data`. */
const currentRoot = (directory: string): Promise<string> =>
  readlink(join(directory, '..data')).then(
    (target) => resolve(directory, target),
    () => directory,
  );

/** Messages name the file as the user knows it, not the version's directory. */
const read = async (directory: string, root: string, name: string): Promise<TextFile> => ({
  ...(await readTextFile(join(root, name))),
  path: join(directory, name),
});

const unreadable = (directory: string, missing: string): Podinfo => ({
  directory,
  annotations: { path: join(directory, 'annotations'), missing },
  labels: { path: join(directory, 'labels'), missing },
});
