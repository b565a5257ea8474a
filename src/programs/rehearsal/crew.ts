import { spawn, type ChildProcess } from 'node:child_process';

import { spawnKin, tell, type FromKin, type Held, type KinRole, type Setup } from './kin.ts';

// The children of one process, looked after as one: ready when all are, a step done when all took part, and any unasked end is news.

export type Crew = {
  readonly children: readonly ChildProcess[];
  /** Resolves to whether all took part; a child that is gone never does. */
  readonly step: () => Promise<boolean>;
  /** SIGKILL to those that run; their ends are no news any more. */
  readonly kill: () => void;
  /** SIGTERM to those that run, SIGKILL after `limitMs`; resolves when all are gone. */
  readonly stop: (limitMs: number) => Promise<void>;
};

export type CrewNews = { readonly ready: () => void; readonly gone: (index: number, how: string) => void };

type Step = { readonly missing: Set<number>; readonly over: (ok: boolean) => void };

/** Starts one child of `role` per setup; a crew of none is ready at once. */
export const startCrew = (role: KinRole, setups: readonly Setup[], held: Held, news: CrewNews): Crew => {
  const ready = new Set<number>();
  const steps = new Map<number, Step>();
  let lastStep = 0;
  let ending = false;

  const heard = (index: number, message: FromKin): void => {
    if (message.kind === 'ready') {
      if (ready.add(index).size === setups.length) news.ready();
      return;
    }
    const step = steps.get(message.id);
    step?.missing.delete(index);
    if (step && (!message.ok || step.missing.size === 0)) finishStep(message.id, message.ok);
  };
  const finishStep = (id: number, ok: boolean): void => {
    steps.get(id)?.over(ok);
    steps.delete(id);
  };
  const gone = (index: number, how: string): void => {
    for (const id of [...steps.keys()]) finishStep(id, false);
    if (!ending) news.gone(index, how);
  };

  const children = setups.map((setup, index) =>
    watch(
      spawnKin(role, setup, held),
      (message) => heard(index, message),
      (how) => gone(index, how),
    ),
  );
  if (children.length === 0) setImmediate(news.ready);
  return {
    children,
    step: () =>
      new Promise((over) => {
        if (children.length === 0) return over(true);
        lastStep += 1;
        steps.set(lastStep, { missing: new Set(children.keys()), over });
        for (const child of children) tell(child, { kind: 'step', id: lastStep });
      }),
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

const watch = (child: ChildProcess, heard: (message: FromKin) => void, gone: (how: string) => void): ChildProcess => {
  child.on('message', (message) => heard(message as FromKin));
  child.on('error', (error) => child.pid === undefined && gone(error.message));
  child.on('exit', (code, signal) => gone(`exit code: ${signal ?? code}`));
  return child;
};

/** Starts what stands for Python's resource tracker, a process that ends when the last that holds its input is gone; returns that input. */
export const startTracker = (): Held => {
  const argv0 = 'python3 -c from multiprocessing.resource_tracker import main;main(3)';
  const tracker = spawn('cat', [], { argv0, stdio: ['pipe', 'ignore', 'ignore'] });
  tracker.on('error', () => undefined); // No `cat` on this machine: then there is no tracker, which nobody needs.
  tracker.stdin.on('error', () => undefined); // It was killed from outside.
  return tracker.pid === undefined ? 'ignore' : tracker.stdin;
};
