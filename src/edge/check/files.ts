// Questions to the file system; a hung mount costs its bound and no more (see ask.ts).
import { constants } from 'node:fs';
import { access, readFile, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import type { Answers, QuestionOf } from '#core/check/question.ts';
import { snapshotsOf } from '#upstream/hub.ts';

const sharedMemory = '/dev/shm';

/** Returns how much of /dev/shm is free, and whether it can be written. */
export async function askShm(): Promise<Answers['shm']> {
  try {
    const { bavail, bsize } = await statfs(sharedMemory);
    return { freeBytes: bavail * bsize, unwritable: await whyUnwritable(sharedMemory) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Returns the limits of this process as the kernel writes them, and whether there is an InfiniBand device. */
export async function askLimits(): Promise<Answers['limits']> {
  const [text, devices] = await Promise.all([
    readFile('/proc/self/limits', 'utf8').catch(() => null),
    readdir('/sys/class/infiniband').catch((): string[] => []),
  ]);
  return { text, infiniband: devices.length > 0 };
}

/** Returns whether a model is on this node, and whether the folder it would come to can be written. */
export async function askModel({ model, downloads, hub }: QuestionOf<'model'>): Promise<Answers['model']> {
  const folder = downloads ?? hub.cache;
  const [isPath, cached, unwritable, tokenFile] = await Promise.all([
    isThere(model, (found) => found.isDirectory()),
    readdir(snapshotsOf(folder, model)).then((entries) => entries.length > 0, isFalse),
    whyUnwritable(folder),
    isThere(hub.tokenFile, (found) => found.size > 0),
  ]);
  return { isPath, cached, unwritable, tokenFile };
}

type Found = { isDirectory(): boolean; readonly size: number };

const isFalse = (): boolean => false;
const isThere = (path: string, holds: (found: Found) => boolean): Promise<boolean> => stat(path).then(holds, isFalse);

/** Why a folder, or the nearest one above it that is there, cannot be written; null where it can. */
async function whyUnwritable(folder: string): Promise<string | null> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const reason = await access(path, constants.W_OK | constants.X_OK).then(() => null, reasonOf);
    if (reason !== 'ENOENT' || path === '/') return reason === null ? null : `${reason} at ${path}`;
  }
}

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
