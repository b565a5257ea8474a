import { afterEach, describe, expect, it } from 'vitest';

import { readStat } from '#edge/processes/proc.ts';
import { signalProcess } from '#edge/processes/signal.ts';

import { cleanUp, isRunning, start, until } from './family.ts';

afterEach(cleanUp);

describe('signalProcess', () => {
  it('sends to the process that is meant', async () => {
    const child = await start(['sleep', '1000']);
    expect(signalProcess(child, 'SIGTERM')).toEqual({ kind: 'sent' });
    expect(await child.ended).toEqual([null, 'SIGTERM']);
  });

  it('sends nothing where the pid belongs to a process of another start time', async () => {
    const child = await start(['sleep', '1000']);
    expect(signalProcess({ pid: child.pid, startTicks: child.startTicks + 1 }, 'SIGKILL')).toEqual({ kind: 'gone' });
    expect(isRunning(child.pid)).toBe(true);
  });

  it('finds an ended process gone', async () => {
    const child = await start(['true']);
    await child.ended;
    expect(signalProcess(child, 'SIGKILL')).toEqual({ kind: 'gone' });
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'])('ends a stopped process with %s', async (name) => {
    const child = await start(['sh', '-c', 'ulimit -c 0; exec sleep 1000']);
    signalProcess(child, 'SIGSTOP');
    await until(() => readStat(child.pid)?.state === 'T');
    expect(signalProcess(child, name)).toEqual({ kind: 'sent' });
    expect(await child.ended).toEqual([null, name]);
  });

  it('leaves a stopped process stopped for a signal that only tells', async () => {
    const child = await start(['sleep', '1000']);
    signalProcess(child, 'SIGSTOP');
    await until(() => readStat(child.pid)?.state === 'T');
    signalProcess(child, 'SIGWINCH');
    expect(readStat(child.pid)?.state).toBe('T');
  });

  it.each([0, -1, 1, NaN, 1.5, process.pid])('refuses pid %d, which is no child of ours', (pid) => {
    expect(signalProcess({ pid, startTicks: 1 }, 'SIGWINCH')).toMatchObject({ kind: 'refused' });
  });

  it('says which signal the system does not know', async () => {
    const child = await start(['sleep', '1000']);
    const answer = signalProcess(child, 'SIGNONE');
    expect(answer).toEqual({
      kind: 'refused',
      reason: expect.stringContaining(`cannot send SIGNONE to pid ${child.pid}`),
    });
  });
});
