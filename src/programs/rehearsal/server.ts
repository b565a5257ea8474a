import { setTimeout as sleep } from 'node:timers/promises';

import { startCrew, startTracker, type Crew } from './crew.ts';
import { frontOf, type Front } from './front.ts';
import type { View } from './http.ts';
import { delayOf, isTold, type Setup } from './kin.ts';
import { finish, say } from './say.ts';
import type { Settings } from './settings.ts';
import type { Shape } from './shape.ts';
import { killLater, startFaults } from './told.ts';

// The top process of a node with an engine of its own: vLLM's API server, or Dynamo's worker. Its phases go one way; an engine that dies
// after it was ready ends vLLM's server with 0 and Dynamo's with 1.

const EARLY_STOP_STATUS = 0;

type Phase = 'starting' | 'ready' | 'dead' | 'ending';

type Self = { phase: Phase; hangsAtMs: number; steps: number; crew: Crew | null };

/** Runs the top process until it is stopped (exit status 0) or its engine dies. */
export const beServer = async (
  settings: Settings,
  shape: Shape,
  setup: Setup,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> => {
  const self: Self = { phase: 'starting', hangsAtMs: Infinity, steps: 0, crew: null };
  const front = frontOf(settings, viewOf(self, settings.servedName), env);
  const sinceMs = Date.now();
  const end = (code: number): void => {
    self.phase = 'ending';
    front.close();
    self.crew?.kill();
    finish(code);
  };
  const taken = await front.openEarly();
  if (taken !== null) {
    say(nameOf(settings), taken, 'ERROR');
    return end(1);
  }
  self.crew = startCrew(
    'engine-core',
    shape.cores.map((core) => ({ ...setup, core })),
    startTracker(),
    {
      ready: () =>
        setTimeout(
          () => void becomeReady(self, settings, setup, front, end),
          Math.max(0, (delayOf(setup, 'ready-after') ?? 0) - (Date.now() - sinceMs)),
        ),
      gone: (index, how) =>
        coreGone(self, settings, setup, `Engine core proc EngineCore_${index} died unexpectedly (${how}).`, end),
    },
  );
  killLater(setup, 'kill-engine-core-after', self.crew.children);
  if (!shape.cores.some((core) => core.workers.length > 0)) killLater(setup, 'kill-worker-after', []);
  startFaults(setup, end);
  heedStop(self, settings, setup, front, end);
};

const nameOf = ({ profile }: Settings): string => (profile === 'dynamo' ? 'dynamo.vllm' : 'APIServer');

const viewOf = (self: Self, model: string): View => ({
  model,
  healthy: () => self.phase === 'ready',
  hung: () => Date.now() >= self.hangsAtMs,
  steps: () => self.steps,
  complete: async () => {
    const ok = self.phase === 'ready' && (await self.crew?.step()) === true;
    if (ok) self.steps += 1;
    return ok;
  },
});

const becomeReady = async (
  self: Self,
  settings: Settings,
  setup: Setup,
  front: Front,
  end: (code: number) => void,
): Promise<void> => {
  if (self.phase !== 'starting' || isTold(setup, 'never-ready')) return;
  const taken = await front.openReady();
  if (taken !== null) {
    say(nameOf(settings), taken, 'ERROR');
    return end(1);
  }
  self.phase = 'ready';
  self.hangsAtMs = Date.now() + (delayOf(setup, 'hang') ?? Infinity);
  say(
    nameOf(settings),
    settings.profile === 'dynamo'
      ? 'VllmWorker has been initialized'
      : `Starting vLLM API server 0 on http://${settings.host}:${settings.port}`,
  );
  process.stderr.write('INFO:     Application startup complete.\n');
};

const coreGone = (
  self: Self,
  settings: Settings,
  { delays }: Setup,
  why: string,
  end: (code: number) => void,
): void => {
  if (self.phase === 'ending') return;
  say(nameOf(settings), why, 'ERROR');
  if (self.phase === 'starting') {
    say(nameOf(settings), 'RuntimeError: Engine core initialization failed. See root cause above.', 'ERROR');
    return end(1);
  }
  if (settings.profile === 'dynamo') return void setTimeout(end, delays.dynamoCheckMs, 1);
  setTimeout(() => (self.phase = 'dead'), delays.noticeMs);
  setTimeout(end, delays.noticeMs + delays.serverEndMs, 0);
};

const heedStop = (self: Self, settings: Settings, setup: Setup, front: Front, end: (code: number) => void): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (self.phase === 'ending' || isTold(setup, 'ignore-term')) return;
      const code = self.phase === 'starting' ? EARLY_STOP_STATUS : 0;
      self.phase = 'ending';
      say(nameOf(settings), '[shutdown] API server: shutdown triggered');
      void stop(self, settings, setup, front).then(() => end(code));
    });
  }
};

const stop = async (self: Self, { profile }: Settings, setup: Setup, front: Front): Promise<void> => {
  const { dynamoGraceMs, serverStopMs } = setup.delays;
  await sleep((delayOf(setup, 'drain') ?? 0) + (profile === 'dynamo' ? dynamoGraceMs : 0));
  await self.crew?.stop(serverStopMs);
  front.close();
  await sleep(serverStopMs);
};
