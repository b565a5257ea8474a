// The look from outside: processes by /proc, never by what the launcher says of itself.
import { readFileSync, readdirSync } from 'node:fs';

export type Seen = { readonly pid: number; readonly words: readonly string[]; readonly title: string };

/** The processes that inherited a mark, oldest first; zombies have none. */
export function marked(mark: string): Seen[] {
  const needle = `E2E_MARK=${mark}\0`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && `${read(name, 'environ')}\0`.includes(needle))
    .map((name) => {
      const words = read(name, 'cmdline')
        .split('\0')
        .filter((word) => word !== '');
      return { pid: Number(name), words, title: words.join(' ').trim() };
    })
    .toSorted((a, b) => a.pid - b.pid);
}

/** The processes with a mark that are no launchers. */
export const engines = (mark: string): Seen[] => marked(mark).filter(({ title }) => !/vllm-launch\.js/.test(title));

/** Kills what has a mark. */
export function killMarked(mark: string): void {
  for (const { pid } of marked(mark)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended while we looked
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
