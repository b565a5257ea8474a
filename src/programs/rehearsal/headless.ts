import { startCrew, startTracker, type Crew } from './crew.ts';
import { delayOf, isTold, type Setup } from './kin.ts';
import { finish, say } from './say.ts';
import type { Settings } from './settings.ts';
import type { Shape } from './shape.ts';
import { killLater, startFaults } from './told.ts';

// The top process of a headless node: lends its workers (or whole engines, with data parallelism) to the node that has the API server.
// It has no HTTP, never learns that the leader is gone, and ends with 0 when a worker of its own dies (vLLM 0.31 cli/serve.py run_headless).

type Self = { readonly setup: Setup; readonly crew: Crew; isUp: boolean; ending: boolean };

/** Runs a headless node until it is stopped or one of its children dies, with 0 in both cases once all were ready, else 1. */
export const beHeadless = (settings: Settings, shape: Shape, setup: Setup): void => {
  const address = `${settings.masterHost}:${settings.masterPort}`;
  say('MainProcess', `Launching headless multiproc executor, with head node address ${address}.`);
  const lends = shape.cores.length > 0;
  const setups = lends
    ? shape.cores.map((core) => ({ ...setup, core }))
    : shape.workers.map((worker) => ({ ...setup, worker }));
  const crew = startCrew(lends ? 'engine-core' : 'worker', setups, startTracker(), {
    ready: () => {
      self.isUp = true;
      killLater(setup, 'kill-engine-core-after', lends ? crew.children : []);
      if (!lends) killLater(setup, 'kill-worker-after', crew.children);
    },
    gone: (index, how) => childGone(self, `VllmWorker-${index} died unexpectedly (${how})`),
  });
  const self: Self = { setup, crew, isUp: false, ending: false };
  startFaults(setup);
  heedStop(self);
};

const end = ({ crew }: Self, code: number): void => {
  finish(code, crew.kill);
};

const childGone = (self: Self, what: string): void => {
  if (self.ending) return;
  self.ending = true;
  say('MainProcess', `Worker proc ${what}, shutting down executor.`, 'ERROR');
  setTimeout(end, self.setup.delays.headlessEndMs, self, self.isUp ? 0 : 1);
};

const heedStop = (self: Self): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isTold(self.setup, 'ignore-term') || self.ending) return;
      self.ending = true;
      say('MainProcess', '[shutdown] Executor: waiting for worker exit');
      setTimeout(end, self.setup.delays.headlessStopMs + (delayOf(self.setup, 'drain') ?? 0), self, 0);
    });
  }
};
