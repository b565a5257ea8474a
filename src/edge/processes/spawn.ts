import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { closeSync, constants } from 'node:fs';
import type { Readable } from 'node:stream';

import type { ProcessSpec } from '#core/plan/plan.ts';
import type { ProcessId } from '#core/supervision/effect.ts';
import { reopen } from '#edge/files/reopen.ts';

import { childEnv } from './child-env.ts';
import { readStat } from './proc.ts';
import { noteChild } from './sessions.ts';
import { explainFailure, type SpawnFailure } from './spawn-failure.ts';
import { surroundings } from './surroundings.ts';

// Starts one child: no shell, arguments and environment as they are, signal dispositions at their defaults (libuv resets all of them), a
// session of its own unless it shall have our terminal. glibc's execvp, which libuv calls, runs a script without #! through /bin/sh.
//
// With 'inherit' the child shares our descriptors 0 to 2: from here on nothing may be imported that touches process.stdin, stdout or stderr,
// for that makes the shared pipes non-blocking under the child (pid1.md section 7).

export type SpawnOptions = {
  /** 'relay' gives us the child's stdout and stderr as streams, 'inherit' gives the child ours. */
  readonly output: 'relay' | 'inherit';
  /** Whether our stdin is a terminal: the child then stays in our session and in the terminal's foreground group. */
  readonly terminal: boolean;
  /** null is our own working directory. */
  readonly cwd: string | null;
};

export type Child = ProcessId & {
  readonly kind: 'child';
  /** null with 'inherit'. */
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /**
   * Calls back once, when the process itself has ended, whoever still holds its output; at once if it already has. Death by a real-time signal
   * looks like exit code 0: Node has no name for those (20 to 24) and tells neither.
   */
  readonly onExit: (callback: (code: number | null, signal: string | null) => void) => void;
};

export type { SpawnFailure } from './spawn-failure.ts';

/** Starts a process; returns it, or why it could not be started. The call itself blocks until the child has exec'd. */
export async function spawnChild(
  spec: ProcessSpec,
  env: Readonly<Record<string, string | undefined>>,
  options: SpawnOptions,
): Promise<Child | SpawnFailure> {
  const [command = '', ...args] = spec.argv;
  const childVariables = childEnv(env, spec.env);
  const fail = (error: unknown) => explainFailure(error, { command, cwd: options.cwd, path: childVariables['PATH'] });
  if (command === '') return fail(Object.assign(new Error('no command'), { code: 'ENOENT' }));
  const stdin = ownStdin(options);
  try {
    const running = spawn(command, args, {
      env: childVariables,
      detached: !options.terminal,
      stdio: stdioOf(options.output, stdin ?? 'inherit'),
      ...(options.cwd === null ? {} : { cwd: options.cwd }),
    });
    return running.pid === undefined ? fail(await errorOf(running)) : adopt(running, running.pid, options.terminal);
  } catch (error) {
    return fail(error);
  } finally {
    if (stdin !== null) closeSync(stdin);
  }
}

// A later import of ours may touch process.stdin while a relayed child runs; on a pipe of its own that does not reach the child.
const ownStdin = ({ output }: SpawnOptions): number | null =>
  output === 'relay' ? reopen(0, constants.O_RDONLY, ['pipe']) : null;

const stdioOf = (output: SpawnOptions['output'], stdin: number | 'inherit'): StdioOptions =>
  output === 'relay' ? [stdin, 'pipe', 'pipe'] : 'inherit';

const errorOf = (running: ChildProcess): Promise<Error> => new Promise((resolve) => running.once('error', resolve));

function adopt(running: ChildProcess, pid: number, terminal: boolean): Child | SpawnFailure {
  // Nobody reaps it before we return to the event loop, so that this is its start time even if it has ended.
  const stat = surroundings().proc ? readStat(pid) : null;
  if (surroundings().proc && stat === null) {
    running.kill('SIGKILL');
    return {
      kind: 'spawn-failed',
      why: 'os',
      reason: `cannot look after pid ${pid}: /proc/${pid}/stat cannot be read`,
    };
  }
  const id = { pid, startTicks: stat?.startTicks ?? 0 };
  if (stat !== null) noteChild(id, terminal ? 'shared' : 'own');
  return {
    kind: 'child',
    ...id,
    stdout: running.stdout,
    stderr: running.stderr,
    onExit: (callback) => {
      if (running.exitCode === null && running.signalCode === null) running.once('exit', callback);
      else callback(running.exitCode, running.signalCode);
    },
  };
}
