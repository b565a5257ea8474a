import { test } from 'vitest';
import { explore } from './world/explore.ts';
import { faultsOf } from './world/faults.ts';
test('debug', () => {
  const f = (n: string) => faultsOf(3).find((x) => x.name === n)!;
  const run = explore({ size: 3, delayMs: 0, thaw: 'inbox-first' }, [{ fault: f('rank 2 is late'), atMs: 1679 }, { fault: f('rank 2 is not heard'), atMs: 1841 }]);
  console.log(run.wrong, run.world.queue.nowMs(), run.world.launchers.map((l) => [l.life, l.exitCode, l.state.phase, l.state.base.history.map((h) => h.phase + '@' + (h.atMs - 7777777 * (l.rank + 1))).join(' ')]));
  console.log(JSON.stringify({...run.world.launchers[2]!.state, base: 0}), run.world.nodes[2]!.processes.all());
});
