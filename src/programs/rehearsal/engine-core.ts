import { startCrew } from './crew.ts';
import { killLater } from './told.ts';
import { HELD_DESCRIPTOR, isTold, report, type Setup, type ToKin } from './kin.ts';
import { finish, say } from './say.ts';

// An EngineCore: has its workers, hands steps to them, dies of a worker's death. Does not notice that the API server is gone.

/** Runs an EngineCore until it is stopped or one of its workers dies (exit status 1). */
export const beEngineCore = (setup: Setup, onMessage: (heard: (message: ToKin) => void) => void): void => {
  const shape = setup.core;
  if (shape === null) return finish(2);
  process.title = shape.title;
  setInterval(() => undefined, 2 ** 30);
  let isUp = false;
  const fail = (why: string): void => {
    crew.kill();
    say('EngineCore', why, 'ERROR');
    say('EngineCore', isUp ? 'EngineCore encountered a fatal error.' : 'EngineCore failed to start.', 'ERROR');
    finish(1);
  };
  const setups = shape.workers.map((worker) => ({ ...setup, worker }));
  const crew = startCrew('worker', setups, HELD_DESCRIPTOR, {
    ready: () => report({ kind: (isUp = true) && 'ready' }),
    gone: (index, how) => fail(`Worker proc VllmWorker-${index} died unexpectedly (${how}), shutting down executor.`),
  });
  onMessage((message) => {
    if (message.kind === 'step') void crew.step().then((ok) => (ok ? report({ kind: 'stepped', id: message.id, ok }) : fail('RPC call to execute_model failed.')));
  });
  heedStop(setup, crew.kill);
  killLater(setup, 'kill-worker-after', crew.children);
};

const heedStop = (setup: Setup, kill: () => void): void => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (isTold(setup, 'ignore-term')) return;
      say('EngineCore', `[shutdown] EngineCore: trigger received signal=${signal}`);
      kill();
      finish(0);
    });
  }
};
