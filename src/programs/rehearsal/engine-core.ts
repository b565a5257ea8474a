import { startCrew, type Crew } from './crew.ts';
import { HELD_DESCRIPTOR, isTold, report, type Setup, type ToKin } from './kin.ts';
import { finish, say } from './say.ts';
import { killLater } from './told.ts';

// An EngineCore: has its workers, hands steps to them, dies of a worker's death. Does not notice that the API server is gone.

/** Runs an EngineCore until it is stopped (exit status 0), or one of its workers dies or misses a step (1). */
export const beEngineCore = (setup: Setup, onMessage: (heard: (message: ToKin) => void) => void): void => {
  const shape = setup.core;
  if (shape === null) return finish(2);
  process.title = shape.title;
  setInterval(() => undefined, 2 ** 30);
  say('EngineCore', 'Initializing a rehearsal of a V1 LLM engine');
  let isUp = false;
  const fail = (why: string): void => {
    crew.kill();
    say('EngineCore', why, 'ERROR');
    say('EngineCore', isUp ? 'EngineCore encountered a fatal error.' : 'EngineCore failed to start.', 'ERROR');
    finish(1);
  };
  const setups = shape.workers.map((worker) => ({ ...setup, worker }));
  const crew = startCrew('worker', setups, HELD_DESCRIPTOR, {
    ready: () => {
      isUp = true;
      killLater(setup, 'kill-worker-after', crew.children);
      report({ kind: 'ready' });
    },
    gone: (index, how) => fail(`Worker proc VllmWorker-${index} died unexpectedly (${how}), shutting down executor.`),
  });
  onMessage((message) => {
    if (message.kind === 'step') void stepOnce(crew, message.id, fail);
  });
  heedStop(setup, crew);
};

const stepOnce = async (crew: Crew, id: number, fail: (why: string) => void): Promise<void> => {
  const ok = await crew.step();
  report({ kind: 'stepped', id, ok });
  if (!ok) fail('RPC call to execute_model failed: a peer is gone or does not answer.');
};

const heedStop = ({ faults, delays }: Setup, crew: Crew): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isTold({ faults }, 'ignore-term')) return;
      say('EngineCore', `[shutdown] EngineCore: trigger received signal=${signal}`);
      setTimeout(() => {
        crew.kill();
        finish(0);
      }, delays.coreStopMs);
    });
  }
};
