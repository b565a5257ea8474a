import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

// Asks a program once while an engine runs that may share our descriptors: so without execa, which touches process.stdout and
// makes shared pipes non-blocking under the engine (pid1.md section 7).
export type Bounds = {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Of each of its two outputs. */
  readonly maxBytes: number;
  /** Calls the question off. */
  readonly over: AbortSignal;
};

/** What it printed; `why` is null where it ended with 0. */
export type Printed = { readonly stdout: string; readonly stderr: string; readonly why: string | null };

/** Returns what a program prints until it ends, is late, prints too much or is called off; then it is killed with its group. Never rejects. */
export function askProgram([file = '', ...words]: readonly string[], bounds: Bounds): Promise<Printed> {
  try {
    const child = spawn(file, words, { env: bounds.env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    return printed(child, child.stdout, child.stderr, bounds);
  } catch (error) {
    return Promise.resolve({ stdout: '', stderr: '', why: reasonOf(error) });
  }
}

function printed(child: ChildProcess, stdout: Readable, stderr: Readable, bounds: Bounds): Promise<Printed> {
  return new Promise((resolve) => {
    const finish = (why: string | null): void => {
      clearTimeout(timer);
      bounds.over.removeEventListener('abort', callOff);
      killGroup(child);
      stdout.destroy();
      stderr.destroy();
      // One that does not even die of SIGKILL must not hold up our end.
      child.unref();
      resolve({ stdout: out(), stderr: err(), why });
    };
    const tooMuch = () => finish(`it prints more than ${bounds.maxBytes} bytes`);
    const out = collect(stdout, bounds.maxBytes, tooMuch);
    const err = collect(stderr, bounds.maxBytes, tooMuch);
    const timer = setTimeout(() => finish(`no answer within ${bounds.timeoutMs} ms`), bounds.timeoutMs);
    const callOff = () => finish('it was called off');
    bounds.over.addEventListener('abort', callOff);
    child.once('error', (error) => finish(reasonOf(error)));
    child.once('close', (code, signal) => finish(code === 0 ? null : (signal ?? `exit code ${code}`)));
    if (bounds.over.aborted) callOff();
  });
}

function collect(stream: Readable, maxBytes: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) tooMuch();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

// The number of a group is that of its first process, and nobody else's for as long as that one is not reaped.
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    return; // it ended in this moment
  }
}

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);
