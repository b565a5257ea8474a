import { spawn, type ChildProcess } from 'node:child_process';

import { listen, spawnKin, tell, type Held, type KinRole, type Setup } from './kin.ts';
import { countSteps } from './steps.ts';

// The children of one process, looked after as one: ready when all are, a step done when all took part, and any unasked end is news.

export type Crew = {
  readonly children: readonly ChildProcess[];
  /** Resolves to whether all took part. */
  readonly step: () => Promise<boolean>;
  /** SIGKILL to those that run; their ends are no news any more. */
  readonly kill: () => void;
  /** SIGTERM to those that run, SIGKILL after `limitMs`; resolves when all are gone. */
  readonly stop: (limitMs: number) => Promise<void>;
};

export type CrewNews = { readonly ready: () => void; readonly gone: (index: number, how: string) => void };

/** Starts one child of `role` per setup; a crew of none is ready at once. */
export const startCrew = (role: KinRole, setups: readonly Setup[], held: Held, news: CrewNews): Crew => {
  const ready = new Set<number>();
  let ending = false;
  const children = setups.map((setup) => spawnKin(role, setup, held));
  const steps = countSteps(children.length, (id) => {
    for (const child of children) tell(child, { kind: 'step', id });
  });
  const gone = (index: number, how: string): void => {
    steps.fail();
    if (!ending) news.gone(index, how);
  };
  for (const [index, child] of children.entries()) {
    whenGone(child, (how) => gone(index, how));
    listen(child, (message) => {
      if (message.kind === 'stepped') steps.taken(message.id, index, message.ok);
      else if (ready.add(index).size === children.length) news.ready();
    });
  }
  if (children.length === 0) setImmediate(news.ready);
  return {
    children,
    step: steps.next,
    kill: () => {
      ending = true;
      for (const child of children.filter(runs)) child.kill('SIGKILL');
    },
    stop: async (limitMs) => {
      ending = true;
      await Promise.all(children.filter(runs).map((child) => stopChild(child, limitMs)));
    },
  };
};

const runs = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

const stopChild = (child: ChildProcess, limitMs: number): Promise<void> =>
  new Promise((over) => {
    const late = setTimeout(() => child.kill('SIGKILL'), limitMs);
    child.once('exit', () => {
      clearTimeout(late);
      over();
    });
    child.kill('SIGTERM');
  });

const whenGone = (child: ChildProcess, gone: (how: string) => void): void => {
  child.on('error', (error) => child.pid === undefined && gone(error.message));
  child.on('exit', (code, signal) => gone(`exit code: ${signal ?? code}`));
};

/** Starts what stands for Python's resource tracker, a process that ends when the last that holds its input is gone; returns that input. */
export const startTracker = (): Held => {
  const argv0 = 'python3 -c from multiprocessing.resource_tracker import main;main(3)';
  const tracker = spawn('cat', [], { argv0, stdio: ['pipe', 'ignore', 'ignore'] });
  tracker.on('error', () => undefined); // No `cat` on this machine: then there is no tracker, which nobody needs.
  tracker.stdin.on('error', () => undefined); // It was killed from outside.
  return tracker.pid === undefined ? 'ignore' : tracker.stdin;
};
