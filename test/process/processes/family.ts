import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { spawnChild, type Child, type SpawnOptions } from '#edge/processes/spawn.ts';
import { sweepTree } from '#edge/processes/sweep.ts';

type Started = Child & {
  readonly line: () => Promise<string>;
  readonly ended: Promise<readonly [number | null, string | null]>;
};

const started: Started[] = [];

/** Starts a command as the launcher does; throws where it cannot be started. `line` gives its next line of output. */
export async function start(argv: readonly string[], options: Partial<SpawnOptions> = {}): Promise<Started> {
  const child = await tryStart(argv, options);
  if (child.kind !== 'child') throw new Error(child.reason);
  const ended = new Promise<readonly [number | null, string | null]>((resolve) => {
    child.onExit((code, signal) => resolve([code, signal]));
  });
  const running = { ...child, ended, line: child.stdout === null ? () => Promise.resolve('') : linesOf(child.stdout) };
  started.push(running);
  return running;
}

export const tryStart = (argv: readonly string[], options: Partial<SpawnOptions> = {}, env = process.env) =>
  spawnChild({ name: 'engine', argv: [...argv], env: { set: {}, unset: [] }, after: [] }, env, {
    ...{ output: 'relay', terminal: false, cwd: null },
    ...options,
  });

/** Kills whatever the tests of a file have left. */
export async function cleanUp(): Promise<void> {
  const known = started.splice(0);
  for (let empty = 0; empty < 5;) empty = (await sweepTree(known, 'SIGKILL')).survivors.length === 0 ? empty + 1 : 0;
}

/** Waits until something is so; the test's own limit is the deadline. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

export const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

function linesOf(stream: Readable): () => Promise<string> {
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  return async () => String((await lines.next()).value);
}
