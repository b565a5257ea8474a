import { test } from 'vitest';
import { openWorld } from './world/world.ts';
test('smoke', () => {
  const t0 = performance.now();
  const world = openWorld({ size: 3, delayMs: 5, watch: (l, before, event, next) => {
    const show = next.effects.filter(e => !(e.kind==='sendFrame' && e.body.kind==='heartbeat') && !['scanProcesses','probeEngine'].includes(e.kind)).map(e => e.kind==='sendFrame'? 'send '+e.body.kind : e.kind === 'say' ? 'say '+e.message : e.kind==='signalProcess'? 'signal '+e.signal: e.kind).join(' | ');
    if (show) console.log(world.queue.nowMs(), 'r'+l.rank, event.kind, event.kind==='frameReceived'? event.frame.body.kind:'', '=>', show);
  }});
  for (const r of [0,1,2]) world.launch(r);
  world.queue.runUntil(3000, () => false);
  world.end(1, 'worker', null, 'SIGKILL');
  world.queue.runUntil(30000, () => world.launchers.every(l => l.life==='left'));
  console.log(world.queue.nowMs(), world.launchers.map(l => [l.rank, l.life, l.exitCode, l.steps, l.state.phase, l.state.base.verdict?.cause.message]), performance.now()-t0);
});
