// Starts the shell script in its argument, waits for its end and prints what a sweep finds of its tree; kills that, and prints what is left.
import { spawnChild } from '#edge/processes/spawn.ts';
import { sweepTree } from '#edge/processes/sweep.ts';

async function main(): Promise<void> {
  const argv = ['sh', '-c', process.argv[2] ?? ''];
  const spec = { name: 'engine' as const, argv, env: { set: {}, unset: [] }, after: [] };
  const child = await spawnChild(spec, process.env, { output: 'inherit', terminal: false, cwd: null });
  if (child.kind !== 'child') throw new Error(child.reason);
  await new Promise<void>((resolve) => child.onExit(() => resolve()));
  const before = await sweepTree([child], null);
  console.log(JSON.stringify(before.survivors.map((survivor) => survivor.title)));
  let left = before.survivors.length;
  for (let empty = 0, pass = 0; empty < 5 && pass < 500; empty = left === 0 ? empty + 1 : 0, pass += 1)
    left = (await sweepTree([child], 'SIGKILL')).survivors.length;
  console.log(left);
}

void main();
