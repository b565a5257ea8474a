import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

import type { RayLogs } from '#core/supervision/effect.ts';
import { cutText } from '#core/text.ts';

// Ray's processes say why they end in files of their own, not on our pipes (ray.md 2.4).
const files = /^(?:raylet|gcs_server|dashboard_agent|runtime_env_agent)\.(?:err|out|log)$/;
// worker-ID-JOB-PID: what an actor of vLLM printed.
const isOfWorker = (name: string, pid: number | null): boolean =>
  /^worker-.*-(\d+)\.(?:err|out)$/.exec(name)?.[1] === String(pid);
const lastBytes = 4_096;
const linesEach = 4;
const lineLength = 512;

/**
 * Returns the last lines of Ray's own logs below its folder, each behind the name of its file; none where there are no files. Those of
 * the worker with the pid that is named come first.
 */
export async function rayLogLines({ folder, pid }: RayLogs): Promise<readonly string[]> {
  const logs = await logsBelow(folder).catch(() => null);
  if (logs === null) return [];
  const found = (await readdir(logs).catch((): string[] => [])).toSorted();
  const names = [...found.filter((name) => isOfWorker(name, pid)), ...found.filter((name) => files.test(name))];
  const read = await Promise.all(names.map(async (name) => lastLines(name, await tailOf(join(logs, name)))));
  return read.flat();
}

// The way there has a link of Ray's own in it, session_latest; one that leads out of the folder is not Ray's.
async function logsBelow(folder: string): Promise<string | null> {
  const logs = await realpath(join(folder, 'session_latest', 'logs'));
  return logs.startsWith(`${await realpath(folder)}${sep}`) ? logs : null;
}

const lastLines = (name: string, text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '')
    .slice(-linesEach)
    .map((line) => cutText(`[${name}] ${line}`, lineLength));

// A file that is gone, a link, a pipe: nothing to tell, and nothing to wait for.
async function tailOf(path: string): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch(() => null);
  if (file === null) return '';
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return '';
    const from = Math.max(0, stat.size - lastBytes);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(lastBytes), 0, lastBytes, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    // What was cut off at its front is told only where it is all there is.
    const line = text.indexOf('\n') + 1;
    return from === 0 || line === text.length ? text : text.slice(line);
  } finally {
    await file.close();
  }
}
