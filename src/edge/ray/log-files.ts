import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

// Ray's processes say why they end in files of their own, not on our pipes (ray.md 2.4).
const files = /^(?:raylet|gcs_server|dashboard_agent|runtime_env_agent)\.(?:err|out|log)$/;
const lastBytes = 4_096;
const linesEach = 4;

/** Returns the last lines of Ray's own logs below its folder, each behind the name of its file; none where there are no files. */
export async function rayLogLines(folder: string): Promise<readonly string[]> {
  const logs = join(folder, 'session_latest', 'logs');
  const names = (await readdir(logs).catch(() => [])).filter((name) => files.test(name)).toSorted();
  const read = await Promise.all(names.map(async (name) => lastLines(name, await tailOf(join(logs, name)))));
  return read.flat();
}

const lastLines = (name: string, text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-linesEach)
    .map((line) => `[${name}] ${line}`);

// A log that is gone by now has nothing to tell.
async function tailOf(path: string): Promise<string> {
  const file = await open(path).catch(() => null);
  if (file === null) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - lastBytes);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(lastBytes), 0, lastBytes, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
