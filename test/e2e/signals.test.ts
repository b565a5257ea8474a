// Signals to stories that have started nothing: they have the effect that they have on any program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { bin } from './launcher.ts';

/** `status --watch` of a launcher that is not there: goes on until a signal, and says something every second. */
async function watch() {
  const words = [bin, 'status', '--watch', '--address', '127.0.0.1:1'];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await once(child.stdout, 'data');
  return { child, ended };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGALRM', 'SIGUSR2'] as const)('%s ends it', async (signal) => {
  const { child, ended } = await watch();
  child.kill(signal);
  expect(await ended).toEqual([null, signal]);
});

test.runIf(process.platform === 'linux')('a signal that comes before anybody listens is kept', async () => {
  const child = spawn(process.execPath, [bin, 'status', '--watch', '--address', '127.0.0.1:1'], { stdio: 'ignore' });
  const ended = once(child, 'close');
  while (!catches(child.pid, constants.signals.SIGUSR2)) await nextTurn();
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
});

// The kernel drops SIGTSTP in a process group that is orphaned, as CI's may be: a job of a shell has one that is not.
test.runIf(process.platform === 'linux')('SIGTSTP stops it, SIGCONT lets it go on', async () => {
  const words = [process.execPath, bin, 'status', '--watch', '--address', '127.0.0.1:1'];
  const shell = spawn('python3', ['test/programs/job.py', ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(shell, 'close');
  const [first] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = Number.parseInt(first.toString(), 10);
  await once(shell.stdout, 'data');
  process.kill(pid, 'SIGTSTP');
  while (stateOf(pid) !== 'T') await sleep(10, undefined, { signal: AbortSignal.timeout(10_000) });
  process.kill(pid, 'SIGCONT');
  while (stateOf(pid) === 'T') await nextTurn();
  process.kill(pid, 'SIGTERM');
  expect(await ended).toEqual([256 - 15, null]);
});

test('SIGUSR1 opens no inspector, SIGWINCH and SIGCONT do nothing', async () => {
  const { child, ended } = await watch();
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  for (const signal of ['SIGUSR1', 'SIGWINCH', 'SIGCONT', 'SIGUSR1'] as const) child.kill(signal);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect(stderr).not.toContain('Debugger');
});

const stateOf = (pid: number): string | undefined => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];

/** Whether a process catches a signal; Node itself does not catch SIGUSR2, so then the handlers of bin/ stand. */
function catches(pid = 0, signal: number): boolean {
  const mask = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n;
}
