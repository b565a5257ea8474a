import { test } from 'vitest';
import { explore, milestones } from './world/explore.ts';
import { faultsOf } from './world/faults.ts';

const mulberry = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};
test('pairs', () => {
  const t0 = process.cpuUsage();
  let runs = 0;
  const wrong: string[] = [];
  const delays = [0, 5, 200, 1_000];
  const marks = delays.map((delayMs) => milestones({ size: 3, delayMs }));
  const every = Number(process.env['EVERY'] ?? 1);
  const faults = faultsOf(3);
  const random = mulberry(Number(process.env['SEED'] ?? 1));
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (const a of faults)
    for (const b of faults) {
      const d = Math.floor(random() * 4);
      const delayMs = delays[d]!;
      const { startMs, readyMs } = marks[d]!;
      const atMs = Math.round(pick([3, startMs * 0.6, startMs + 10, startMs + 400, readyMs + 300, readyMs + 320, readyMs + 350, readyMs + 370]));
      const offset = Math.round(random() < 0.1 ? 0 : 2 ** (random() * 13));
      const thaw = pick(['inbox-first', 'alarm-first'] as const);
      if (random() * every > 1) continue;
      const run = explore({ size: 3, delayMs, thaw }, [{ fault: a, atMs }, { fault: b, atMs: atMs + offset }]);
      runs += 1;
      if (run.wrong.length) wrong.push(`${delayMs} ms, ${a.name} at ${atMs} (ready ${readyMs}), ${offset} later ${b.name}: ${run.wrong.slice(0,2).join(' ;; ')}`);
    }
  console.log(runs, process.cpuUsage(t0).user / 1000, 'wrong', wrong.length);
  console.log(wrong.slice(0, 70).join('\n'));
}, 600_000);
