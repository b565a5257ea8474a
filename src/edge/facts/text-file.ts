import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

import type { TextFile } from '#core/facts.ts';
import { notThere } from '#core/facts.ts';

import { within } from './within.ts';

// Text files of others: whole or not at all, never more than a bound, never a device or a pipe that would block us.
const mostBytes = 1_048_576;
const boundMs = 5_000;

/** Returns a file's text (UTF-8, at most 1 MiB), or why there is none. Relative paths are the caller's working directory's. */
export async function readTextFile(path: string): Promise<TextFile> {
  const late = { path, missing: `it could not be read within ${boundMs} ms` };
  try {
    return await within(boundMs, readWhole(path), late);
  } catch (error) {
    return { path, missing: reasonOf(error) };
  }
}

/** Returns why a file could not be read, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return notThere;
  return code === 'EACCES' ? 'it may not be read (EACCES)' : (code ?? message);
}

async function readWhole(path: string): Promise<TextFile> {
  // Without O_NONBLOCK, opening a pipe that nobody writes to never returns.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return { path, missing: 'it is not a regular file' };
    const bytes = await readUpTo(file, mostBytes + 1);
    if (bytes.length > mostBytes) return { path, missing: `it is larger than ${mostBytes} bytes` };
    return { path, text: new TextDecoder().decode(bytes) };
  } finally {
    await file.close();
  }
}

/** Returns the beginning of an open file, at most `mostBytes`. */
async function readUpTo(file: FileHandle, limitBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (total < limitBytes) {
    const chunk = new Uint8Array(Math.min(65_536, limitBytes - total));
    const { bytesRead } = await file.read(chunk);
    if (bytesRead === 0) break;
    chunks.push(chunk.subarray(0, bytesRead));
    total += bytesRead;
  }
  return Buffer.concat(chunks);
}

/** Returns the first bytes of a file as text, or null where it cannot be read; for headers and first lines. */
export async function readBeginning(path: string, limitBytes: number): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return (await file.stat()).isFile() ? new TextDecoder().decode(await readUpTo(file, limitBytes)) : null;
    } finally {
      await file.close();
    }
  } catch {
    return null; // not ours to judge: what cannot be read tells nothing
  }
}
