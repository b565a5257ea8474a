// Signals to stories that have started nothing: they have the effect that they have on any program.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';

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

// SIGTSTP is not tried here: the kernel drops it in an orphaned process group, and CI's is one.
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

/** Whether a process catches a signal; Node itself does not catch SIGUSR2, so then the handlers of bin/ stand. */
function catches(pid = 0, signal: number): boolean {
  const mask = /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & (1n << BigInt(signal - 1))) !== 0n;
}
