import { test } from 'vitest';

import { causeOf } from './world/check.ts';
import { explore, milestones } from './world/explore.ts';
import { faultsOf } from './world/faults.ts';

const delaysMs = [0, 5, 200, 1000];

test('single', () => {
  const t0 = process.cpuUsage();
  let runs = 0; let steps = 0; let virtual = 0;
  const wrong: string[] = [];
  for (const size of [1, 2, 3])
    for (const delayMs of delaysMs) {
      const setup = { size, delayMs };
      const { startMs, readyMs } = milestones(setup);
      const times = { early: 3, gate: startMs * 0.6, started: startMs + 10, starting: startMs + 400, ready: readyMs + 300 };
      for (const fault of faultsOf(size))
        for (const [when, atMs] of Object.entries(times)) {
          const run = explore(setup, [{ fault, atMs }]);
          runs += 1; steps += run.world.launchers.reduce((n, l) => n + l.steps, 0); virtual += run.world.queue.nowMs();
          for (const line of run.wrong) wrong.push(`${size} nodes, ${delayMs} ms, ${fault.name} at ${when}: ${line}`);
          if (when === 'ready' && fault.cause !== undefined) {
            const told = run.world.launchers.filter((l) => l.life === 'left' && !fault.apart?.includes(l.rank));
            const causes = [...new Set(told.map(causeOf))].join(' / ') || 'none';
            if (causes !== fault.cause && size > (fault.apart?.length ?? 0)) wrong.push(`${size} nodes, ${delayMs} ms, ${fault.name}: cause ${causes}`);
          }
        }
    }
  console.log(runs, steps, virtual, process.cpuUsage(t0).user / 1000);
  console.log(wrong.slice(0, 80).join('\n'), wrong.length);
}, 200_000);
