// Starts the bundle as a user does, with a clean environment, in a folder of its own: by that working folder everything that came
// of it is found from outside. Titles hide words and environment of an engine's processes, their folder stays.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { killAllIn } from './outside.ts';

export const bin = fileURLToPath(new URL('../../../bin/vllm-launch.js', import.meta.url));

export type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type Started = {
  readonly pid: number;
  /** The folder that it runs in. */
  readonly folder: string;
  readonly stdout: () => Buffer;
  readonly stderr: () => string;
  readonly write: (bytes: Uint8Array | string) => void;
  readonly closeInput: () => void;
  /** Stops reading its stdout for good. */
  readonly dropOutput: () => void;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves with its end; rejects with its last words where it does not come in time. */
  readonly ended: (limitMs?: number) => Promise<End>;
};

export type StartOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** A new one by default. */
  readonly folder?: string;
  /** What starts it, such as the words that enter a namespace. */
  readonly through?: readonly string[];
  readonly entry?: string;
};

const limitMs = 60_000;
const folders = new Set<string>();

/** Makes a folder to start things in; removed by endAll. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-e2e-'));
  folders.add(folder);
  return folder;
}

/** Starts the launcher with these words. */
export function start(words: readonly string[], options: StartOptions = {}): Started {
  const { env = {}, folder = newFolder(), through = [], entry = bin } = options;
  const [program = '', ...rest] = [...through, process.execPath, entry, ...words];
  const child = spawn(program, rest, {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env },
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  for (const stream of [child.stdin, child.stdout]) stream.on('error', () => undefined); // it may end before its input does
  const stderr = () => Buffer.concat(err).toString();
  const closed = new Promise<End>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid ?? 0,
    folder,
    stdout: () => Buffer.concat(out),
    stderr,
    write: (bytes) => void child.stdin.write(bytes),
    closeInput: () => child.stdin.end(),
    dropOutput: () => child.stdout.destroy(),
    signal: (name) => void child.kill(name),
    ended: (withinMs = limitMs) => within(closed, withinMs, () => `${words.join(' ')}: ${stderr().slice(-4_000)}`),
  };
}

/** Runs the launcher to its end, without input. */
export async function finish(words: readonly string[], options: StartOptions = {}) {
  const started = start(words, options);
  started.closeInput();
  const end = await started.ended();
  return { ...end, folder: started.folder, stdout: started.stdout().toString(), stderr: started.stderr() };
}

/** Ends what tests have left, and removes their folders; for afterEach. */
export function endAll(): void {
  for (const folder of folders) {
    killAllIn(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  folders.clear();
}

function within<T>(promise: Promise<T>, withinMs: number, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not ended within ${withinMs} ms: ${what()}`)), withinMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
