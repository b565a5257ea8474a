// The look from outside: processes by /proc, never by what the launcher says of itself.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

export type Seen = { readonly pid: number; readonly words: readonly string[]; readonly title: string };

/** The processes that run in a folder, oldest first; zombies do not. */
export const processesIn = (folder: string): Seen[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && cwdOf(name) === folder)
    .map((name) => {
      const words = read(name, 'cmdline')
        .split('\0')
        .filter((word) => word !== '');
      return { pid: Number(name), words, title: words.join(' ').trim() };
    })
    .toSorted((a, b) => a.pid - b.pid);

/** Those of them that are no launchers. */
export const engines = (folder: string): Seen[] =>
  processesIn(folder).filter(({ title }) => !title.includes('vllm-launch.js'));

/** Kills what runs in a folder, until a look finds nothing. */
export function killAllIn(folder: string): void {
  for (let found = processesIn(folder); found.length > 0; found = processesIn(folder)) {
    for (const { pid } of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended while we looked
      }
    }
  }
}

/** Waits until `ask` gives something truthy; throws what was waited for. */
export async function until<T>(
  what: string | (() => string),
  ask: () => T | Promise<T>,
  limitMs = 60_000,
): Promise<NonNullable<T>> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (performance.now() > endMs)
      throw new Error(`not within ${limitMs} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** The letter of a process's state (`T` is stopped), null where it is gone. */
export const stateOf = (pid: number): string | null => /\) (\S)/.exec(read(String(pid), 'stat'))?.[1] ?? null;

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return ''; // it ended while we looked
  }
}

function cwdOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null; // it ended while we looked, or is not ours to look at
  }
}
