// Looks at its child, ends its own parent, gives that one's pid to a stranger with children, looks again and prints what it sees. For a PID
// namespace of its own only.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { readTitle, readStat } from '#edge/processes/proc.ts';
import { scanProcesses } from '#edge/processes/scan.ts';
import { spawnChild } from '#edge/processes/spawn.ts';

async function main(): Promise<void> {
  const spec = { name: 'engine' as const, argv: ['sleep', '1000'], env: { set: {}, unset: [] }, after: [] };
  const child = await spawnChild(spec, process.env, { output: 'relay', terminal: false, cwd: null });
  if (child.kind !== 'child') throw new Error(child.reason);
  const reaper = process.ppid;
  await scanProcesses([child], true);
  process.kill(reaper, 'SIGKILL');
  while (process.ppid === reaper || readStat(reaper) !== null) await setTimeout(5);
  const words = `echo ${reaper - 1} >/proc/sys/kernel/ns_last_pid; setsid sh -c 'sleep 1001 & sleep 1002; :' & wait`;
  const maker = spawn('sh', ['-c', words], { stdio: 'ignore' });
  const holder = () => readStat(reaper);
  while (holder() === null || !readTitle(holder()!).includes('sleep 1001')) await setTimeout(5);
  const seen = await scanProcesses([child], true);
  writeFileSync(1, `${JSON.stringify(seen.map(({ title }) => title))}\n`);
  maker.kill('SIGKILL');
  process.exit(0);
}

void main();
