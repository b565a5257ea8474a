import { setTimeout as sleep } from 'node:timers/promises';

import { startCrew, startTracker, type Crew } from './crew.ts';
import { frontOf, type Front } from './front.ts';
import type { View } from './http.ts';
import { delayOf, isTold, type Setup } from './kin.ts';
import { finish, say } from './say.ts';
import type { Settings } from './settings.ts';
import type { Shape } from './shape.ts';
import { killLater, startFaults } from './told.ts';

// The top process of a node with an engine of its own: vLLM's API server, or Dynamo's worker. An engine that dies after it was ready ends
// vLLM's server with 0 and Dynamo's with 1. Before it is ready, vLLM's loses a first SIGTERM and ends with 1 on a second one, or once the
// engine is up if there was a SIGINT; Dynamo's gets ready first and stops then.

type Env = Readonly<Record<string, string | undefined>>;

type Phase = 'starting' | 'ready' | 'dead' | 'ending';

type Self = {
  readonly settings: Settings;
  readonly setup: Setup;
  readonly sinceMs: number;
  phase: Phase;
  /** What came before it was ready. */
  readonly early: NodeJS.Signals[];
  hangsAtMs: number;
  steps: number;
  front: Front | null;
  crew: Crew | null;
};

/** Runs the top process until it is stopped or its engine dies. */
export const beServer = async (settings: Settings, shape: Shape, setup: Setup, env: Env): Promise<void> => {
  const self: Self = {
    settings,
    setup,
    sinceMs: Date.now(),
    phase: 'starting',
    early: [],
    hangsAtMs: Infinity,
    steps: 0,
    front: null,
    crew: null,
  };
  heedStop(self);
  self.front = frontOf(settings, viewOf(self), env);
  const taken = await self.front.openEarly();
  if (taken !== null) return fail(self, taken);
  const setups = shape.cores.map((core) => ({ ...setup, core }));
  self.crew = startCrew('engine-core', setups, startTracker(), {
    ready: () => void becomeReady(self),
    gone: (index, how) => coreGone(self, `Engine core proc EngineCore_${index} died unexpectedly (${how}).`),
  });
  startFaults(setup);
};

const nameOf = ({ settings }: Self): string => (settings.profile === 'dynamo' ? 'MainProcess' : 'APIServer');

const end = (self: Self, code: number): void => {
  self.phase = 'ending';
  self.front?.close();
  // Both at once: whoever looks must not see the children gone and their parent alive.
  finish(code, () => self.crew?.kill());
};

const fail = (self: Self, why: string): void => {
  say(nameOf(self), why, 'ERROR');
  end(self, 1);
};

const viewOf = (self: Self): View => ({
  model: self.settings.servedName,
  healthy: () => self.phase === 'ready' || self.phase === 'ending',
  hung: () => Date.now() >= self.hangsAtMs,
  steps: () => self.steps,
  complete: () => complete(self),
});

// A request that finds the engine dead is answered with 500 and ends the server at once: nobody waits for the watchdog.
const complete = async (self: Self): Promise<boolean> => {
  if (self.phase === 'ending') return false;
  const ok = self.phase === 'ready' && (await self.crew?.step()) === true;
  if (ok) self.steps += 1;
  else {
    self.phase = 'ending';
    setTimeout(end, ANSWER_MS, self, 0);
  }
  return ok;
};

// Time for an answer to leave before the process ends.
const ANSWER_MS = 50;

const becomeReady = async (self: Self): Promise<void> => {
  const { settings, setup, sinceMs } = self;
  killLater(setup, 'kill-engine-core-after', self.crew?.children ?? []);
  await sleep(Math.max(0, (delayOf(setup, 'ready-after') ?? 0) - (Date.now() - sinceMs)));
  if (self.phase !== 'starting' || isTold(setup, 'never-ready')) return;
  if (settings.profile === 'vllm' && self.early.includes('SIGINT')) return fail(self, 'KeyboardInterrupt');
  const taken = await self.front?.openReady();
  if (typeof taken === 'string') return fail(self, taken);
  self.phase = 'ready';
  self.hangsAtMs = Date.now() + (delayOf(setup, 'hang') ?? Infinity);
  welcome(self);
  if (settings.profile === 'dynamo' && self.early.length > 0) await stop(self);
};

const welcome = (self: Self): void => {
  const { profile, servedName, host, port } = self.settings;
  if (profile === 'dynamo') return say(nameOf(self), `Registered endpoint generate for ${servedName}`);
  say(nameOf(self), `Starting vLLM API server 0 on http://${host}:${port}`);
  process.stderr.write('INFO:     Application startup complete.\n');
};

const coreGone = (self: Self, why: string): void => {
  const { noticeMs, serverEndMs, dynamoCheckMs } = self.setup.delays;
  if (self.phase === 'ending') return;
  say(nameOf(self), why, 'ERROR');
  if (self.phase === 'starting')
    return fail(self, 'RuntimeError: Engine core initialization failed. See root cause above.');
  if (self.settings.profile === 'dynamo') return void setTimeout(end, dynamoCheckMs, self, 1);
  setTimeout(() => {
    if (self.phase === 'ready') self.phase = 'dead';
  }, noticeMs);
  setTimeout(end, noticeMs + serverEndMs, self, 0);
};

const heedStop = (self: Self): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (self.phase === 'ending' || isTold(self.setup, 'ignore-term')) return;
      if (self.phase === 'starting') heedEarly(self, signal);
      else void stop(self);
    });
  }
};

const heedEarly = (self: Self, signal: NodeJS.Signals): void => {
  self.early.push(signal);
  const second = self.early.filter((one) => one === 'SIGTERM').length === 2;
  if (second && signal === 'SIGTERM' && self.settings.profile === 'vllm')
    setTimeout(fail, self.setup.delays.earlyStopMs, self, 'KeyboardInterrupt: terminated');
};

const stop = async (self: Self): Promise<void> => {
  const { settings, setup } = self;
  const { dynamoGraceMs, serverStopMs } = setup.delays;
  self.phase = 'ending';
  say(nameOf(self), '[shutdown] API server: shutdown triggered');
  await sleep((delayOf(setup, 'drain') ?? 0) + (settings.profile === 'dynamo' ? dynamoGraceMs : 0));
  self.front?.close();
  await self.crew?.stop(serverStopMs);
  end(self, 0);
};
