import { readFileSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import { readStat, readTitle } from '#edge/processes/proc.ts';
import { scanProcesses } from '#edge/processes/scan.ts';
import { signalProcess } from '#edge/processes/signal.ts';

import { cleanUp, isRunning, start, until } from './family.ts';

afterEach(cleanUp);

const beTitled = [process.execPath, 'test/programs/be-titled.js'];

describe('scanProcesses', () => {
  it('finds the retitled children of a child', async () => {
    const child = await start([...beTitled, 'vllm serve', 'VLLM::EngineCore', 'VLLM::Worker_TP0']);
    const lines = [await child.line(), await child.line(), await child.line()];
    const alive = await scanProcesses([child], true);
    expect(alive.map(({ pid, title }) => `${pid} ${title}`).sort()).toEqual(lines.sort());
    expect(alive.find(({ title }) => title === 'VLLM::EngineCore')).toMatchObject({ ppid: child.pid });
  });

  it('looks quickly at the known ones only, and misses the dead one', async () => {
    const child = await start([...beTitled, 'vllm serve', 'VLLM::EngineCore']);
    await child.line();
    await child.line();
    const before = await scanProcesses([child], true);
    const engine = before.find(({ title }) => title === 'VLLM::EngineCore')!;
    expect((await scanProcesses([child], false)).map(({ pid }) => pid)).toEqual([child.pid]);
    expect(await scanProcesses(before, false)).toEqual(before);
    signalProcess(engine, 'SIGKILL');
    await until(async () => (await scanProcesses(before, false)).length === 1);
    expect(await scanProcesses(before, true)).toEqual([before.find(({ pid }) => pid === child.pid)]);
  });

  it('sees the title a process took after it was found', async () => {
    const child = await start(['sh', '-c', 'kill -STOP $$; exec sleep 1000']);
    await until(() => readStat(child.pid)?.state === 'T');
    const [first] = await scanProcesses([child], true);
    signalProcess(child, 'SIGCONT');
    await until(() => readTitle(readStat(child.pid)!) === 'sleep 1000');
    expect((await scanProcesses([child], false))[0]?.title).toBe(first?.title);
    await scanProcesses([child], true);
    expect((await scanProcesses([child], false))[0]?.title).toBe('sleep 1000');
  });

  it('finds an orphan in the session of a child that has ended', async () => {
    const child = await start(['sh', '-c', 'sleep 1000 & echo $!']);
    const orphan = Number(await child.line());
    await child.ended;
    expect((await scanProcesses([child], true)).map(({ pid }) => pid)).toEqual([orphan]);
  });

  it('keeps a daemon that was found before its parent ended', async () => {
    const child = await start(['sh', '-c', 'setsid sleep 1000 & echo $!; kill -STOP $$']);
    const daemon = Number(await child.line());
    await until(() => readStat(daemon)?.session === daemon);
    const known = await scanProcesses([child], true);
    signalProcess(child, 'SIGCONT');
    await child.ended;
    const alive = await scanProcesses(known, true);
    expect(alive.map(({ pid }) => pid)).toEqual([daemon]);
  });

  it('takes a zombie for dead', async () => {
    const child = await start(['sh', '-c', 'sleep 1000 & echo $!; exec sleep 1000']);
    const zombie = Number(await child.line());
    // A shell may still reap it; what replaces the shell never does.
    await until(() => readFileSync(`/proc/${child.pid}/comm`, 'utf8') === 'sleep\n');
    process.kill(zombie, 'SIGKILL');
    await until(() => readStat(zombie)?.state === 'Z');
    const id = { pid: zombie, startTicks: readStat(zombie)!.startTicks };
    expect(await scanProcesses([id], false)).toEqual([]);
    expect((await scanProcesses([child, id], true)).map(({ pid }) => pid)).toEqual([child.pid]);
  });

  it('never shows ourselves, a neighbour or what was excluded', async () => {
    const child = await start(['sleep', '1000']);
    const neighbour = await start(['sh', '-c', 'sleep 1000 & echo $!; wait'], { terminal: true });
    await neighbour.line();
    const shown = (await scanProcesses([child], true)).map(({ pid }) => pid);
    expect(shown).toEqual([child.pid]);
    expect(await scanProcesses([], true, new Set([child.pid]))).toEqual([]);
    expect(isRunning(neighbour.pid)).toBe(true);
  });

  it('does not take a later process for the known one', async () => {
    const child = await start(['sleep', '1000'], { terminal: true });
    const other = { pid: child.pid, startTicks: child.startTicks - 1 };
    expect(await scanProcesses([other], false)).toEqual([]);
    expect(await scanProcesses([other], true)).toEqual([]);
  });
});
