import { afterEach, describe, expect, it } from 'vitest';

import { killTree } from '#edge/processes/tree-kill.ts';

import { cleanUp, isRunning, start, until } from './family.ts';

afterEach(cleanUp);

describe('killTree', () => {
  it('ends a process and its children', async () => {
    const child = await start(['sh', '-c', 'sleep 1000 & echo $!; wait']);
    const grandchild = Number(await child.line());
    expect(await killTree(child.pid, 'SIGKILL')).toBeNull();
    await child.ended;
    await until(() => !isRunning(grandchild));
  });

  it('says what is missing where there is no ps, and sends nothing', async () => {
    const child = await start(['sleep', '1000']);
    expect(await killTree(child.pid, 'SIGKILL', '/nowhere')).toMatch(/neither \/proc nor ps; install ps/);
    expect(isRunning(child.pid)).toBe(true);
  });

  it.each([0, 1, -5, process.pid])('refuses pid %d', async (pid) => {
    expect(await killTree(pid, 'SIGKILL')).toMatch(/not a child of ours/);
  });

  it('says which signal the system does not know', async () => {
    const child = await start(['sleep', '1000']);
    expect(await killTree(child.pid, 'SIGNONE')).toMatch(/cannot send SIGNONE/);
  });
});
