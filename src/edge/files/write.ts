import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';

// Whole files: a reader sees the old one or the new one, never a part.

/** Writes a file whole, by rename; returns null, or the problem `io` naming what the file is (`what`) and its path. */
export async function writeWhole(path: string, text: string, what: string): Promise<Problem | null> {
  const draft = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomUUID().slice(0, 8)}`);
  try {
    await refuseSpecial(path);
    await writeDraft(draft, text);
    await rename(draft, path);
    return null;
  } catch (error) {
    // The draft may not even exist; the reason to report is the first error.
    await rm(draft, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    const hint = 'name a file in a directory that exists, is writable and has space';
    return problem('io', `cannot write the ${what} to ${path}: ${code ?? message}`, hint);
  }
}

// A rename would replace a pipe, a device or a directory by a file.
async function refuseSpecial(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null && !found.isFile()) throw new Error('it is not a regular file');
}

async function writeDraft(draft: string, text: string): Promise<void> {
  const file = await open(draft, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
