// A rehearsal engine for one test: started from the source's own bundle, everything it ever mentioned by pid is gone afterwards.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';

/** The rehearsal engine as one file, bundled from the source. */
export const outfile = join(mkdtempSync(join(tmpdir(), 'vllm-launch-test-')), 'rehearsal.mjs');
buildSync({ entryPoints: ['src/programs/rehearsal/main.ts'], outfile, bundle: true, platform: 'node', format: 'esm' });

export type Engine = {
  readonly pid: number;
  readonly output: () => string;
  /** The exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** The pid that the engine's log gives for a name such as EngineCore; throws if there is none. */
  readonly pidOf: (name: string) => number;
};

/** Starts `node rehearsal.mjs WORDS`, ten times quicker than a rehearsal usually is. */
export function startEngine(words: readonly string[], env: Readonly<Record<string, string>> = {}): Engine {
  const child = spawn(process.execPath, [outfile, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], REHEARSAL_PACE: '0.01', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const pids = () =>
    [...output.matchAll(/\((\w+) pid=(\d+)\)/g)].map(([, name, pid]) => [name ?? '', Number(pid)] as const);
  onTestFinished(() => {
    for (const pid of [child.pid ?? 0, ...pids().map(([, pid]) => pid)])
      if (pid > 0 && isRunning(pid)) process.kill(pid, 'SIGKILL');
  });
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended: new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code ?? 'unknown'))),
    signal: (signal) => child.kill(signal),
    pidOf: (wanted) => {
      const found = pids().find(([name]) => name === wanted);
      if (found === undefined) throw new Error(`no pid of ${wanted} in:\n${output}`);
      return found[1];
    },
  };
}

/** Returns a port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Returns the status of a GET as text, or `refused` where nothing answers. */
export async function statusOf(port: number, path = '/health'): Promise<string> {
  try {
    return String((await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5_000) })).status);
  } catch (error) {
    return error instanceof DOMException ? 'silent' : 'refused';
  }
}

/** Waits until something is so; the test's own limit is the deadline. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

export const ready = (port: number): Promise<void> => until(async () => (await statusOf(port)) === '200');

/** Whether a process runs; a zombie does not. */
export const isRunning = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
};

/** Returns the titles below a process: what it runs under which name, deepest last. */
export function titlesBelow(pid: number): readonly string[] {
  const children = readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').trim().split(' '))
    .filter((text) => text !== '')
    .map(Number);
  return children.flatMap((child) => {
    const title = readFileSync(`/proc/${child}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
    return title.startsWith('VLLM::') ? [title, ...titlesBelow(child)] : titlesBelow(child);
  });
}
