import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { afterEach, describe, expect, it } from 'vitest';

import { readStat } from '#edge/processes/proc.ts';
import { scanProcesses } from '#edge/processes/scan.ts';
import { sweepTree } from '#edge/processes/sweep.ts';

import { cleanUp, isRunning, start, until } from './family.ts';

afterEach(cleanUp);

const titles = async (known: Parameters<typeof sweepTree>[0]) =>
  (await sweepTree(known, null)).survivors.map(({ title }) => title).sort();

/** Kills until five passes in a row find nothing, as the machine does. */
async function killAll(known: Parameters<typeof sweepTree>[0]): Promise<void> {
  for (let empty = 0; empty < 5;) {
    const { survivors } = await sweepTree(known, 'SIGKILL');
    empty = survivors.length === 0 ? empty + 1 : 0;
  }
}

describe('sweepTree', () => {
  it('only looks where no signal is given', async () => {
    const child = await start(['sh', '-c', 'sleep 1000 & echo ready; wait']);
    await child.line();
    await until(async () => (await titles([child])).join() === 'sh -c sleep 1000 & echo ready; wait,sleep 1000');
  });

  it('ends the whole tree with TERM, retitled processes and daemons in sessions of their own too', async () => {
    const family = `${process.execPath} test/programs/be-titled.js VLLM::EngineCore VLLM::Worker_TP0`;
    const child = await start(['sh', '-c', `setsid ${family} & setsid sleep 1000 & sleep 1000 & echo ready; wait`]);
    for (let line = 0; line < 3; line += 1) await child.line();
    const all = await scanProcesses([child], true);
    expect(all.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['VLLM::EngineCore', 'VLLM::Worker_TP0', 'sleep 1000']),
    );
    expect(all).toHaveLength(5);
    await sweepTree(all, 'SIGTERM');
    await until(async () => (await sweepTree(all, null)).survivors.length === 0);
  });

  it('names who is deaf to TERM, with age, and kills them', async () => {
    const child = await start(['sh', '-c', 'trap "" TERM; sleep 1000 & echo ready; wait']);
    await child.line();
    await until(async () => (await titles([child])).includes('sleep 1000'));
    const { survivors, refused } = await sweepTree([child], 'SIGTERM');
    expect(survivors.map(({ title }) => title)).toContain('sleep 1000');
    for (const { ageMs } of survivors) expect(ageMs).toBeLessThan(30_000);
    expect(refused).toEqual([]);
    await killAll([child]);
    expect(await child.ended).toEqual([null, 'SIGKILL']);
  });

  it('wakes a stopped process so that TERM reaches it', async () => {
    const child = await start(['sh', '-c', 'sleep 1000 & echo $!; kill -STOP $!; wait']);
    const stopped = Number(await child.line());
    await until(() => readStat(stopped)?.state === 'T');
    await sweepTree([child], 'SIGTERM');
    await until(async () => (await sweepTree([child], null)).survivors.length === 0);
  });

  it('finds what a child left in its session when it ended', async () => {
    const child = await start(['sh', '-c', 'sleep 1000 & sleep 1001 & exit 0']);
    await child.ended;
    await until(async () => (await titles([child])).join() === 'sleep 1000,sleep 1001');
    await killAll([]);
    expect(await titles([child])).toEqual([]);
  });

  it('catches processes that fork and end all the time', async () => {
    const child = await start(['python3', 'test/programs/hop.py', '12', '0']);
    await child.line();
    await killAll([child]);
    // They would go on for 12 s. Looks miss most of them; the kernel knows their group, until the last zombie of it is reaped.
    await expect.poll(() => isRunning(-child.pid), { timeout: 6_000 }).toBe(false);
  });

  it('leaves bystanders, probes and ourselves alone', async () => {
    const bystander = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
    const probe = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const child = await start(['sleep', '1000']);
    await killAll([child]);
    expect(await child.ended).toEqual([null, 'SIGKILL']);
    expect([isRunning(bystander.pid!), isRunning(probe.pid!)]).toEqual([true, true]);
    for (const each of [bystander, probe]) {
      each.kill('SIGKILL');
      await once(each, 'exit');
    }
  });

  it('sends nothing to a later process with the pid of a known one', async () => {
    const other = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const { startTicks } = readStat(other.pid!)!;
    const { survivors } = await sweepTree([{ pid: other.pid!, startTicks: startTicks - 1 }], 'SIGKILL');
    expect(survivors).toEqual([]);
    expect(isRunning(other.pid!)).toBe(true);
    other.kill('SIGKILL');
    await once(other, 'exit');
  });
});
