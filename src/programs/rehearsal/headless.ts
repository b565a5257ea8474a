import { startCrew, startTracker } from './crew.ts';
import { delayOf, isTold, type Setup } from './kin.ts';
import { finish, say } from './say.ts';
import type { Settings } from './settings.ts';
import type { Shape } from './shape.ts';
import { killLater, startFaults } from './told.ts';

// The top process of a headless node: lends its workers (or whole engines, with data parallelism) to the node that has the API server.
// It has no HTTP, never learns that the leader is gone, and ends with 0 when a worker of its own dies (vLLM 0.31 cli/serve.py run_headless).

/** Runs a headless node until it is stopped or one of its children dies, with 0 in both cases once all were ready, else 1. */
export const beHeadless = (settings: Settings, shape: Shape, setup: Setup): void => {
  const { delays } = setup;
  say(
    'MainProcess',
    `Launching vLLM headless multiproc executor, with head node address ${settings.masterHost}:${settings.masterPort} for torch.distributed process group.`,
  );
  let isUp = false;
  let ending = false;
  const end = (code: number): void => {
    crew.kill();
    finish(code);
  };
  const lends = shape.cores.length > 0;
  const setups = lends
    ? shape.cores.map((core) => ({ ...setup, core }))
    : shape.workers.map((worker) => ({ ...setup, worker }));
  const crew = startCrew(lends ? 'engine-core' : 'worker', setups, startTracker(), {
    ready: () => (isUp = true),
    gone: (index, how) => {
      if (ending) return;
      ending = true;
      say(
        'MainProcess',
        `Worker proc VllmWorker-${index} died unexpectedly (${how}), shutting down executor.`,
        'ERROR',
      );
      setTimeout(end, delays.headlessEndMs, isUp ? 0 : 1);
    },
  });
  killLater(setup, lends ? 'kill-engine-core-after' : 'kill-worker-after', crew.children);
  startFaults(setup, end);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isTold(setup, 'ignore-term') || ending) return;
      ending = true;
      say('MainProcess', '[shutdown] Executor: waiting for worker exit');
      setTimeout(end, delays.headlessStopMs + (delayOf(setup, 'drain') ?? 0), 0);
    });
  }
};
