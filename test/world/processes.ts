// The processes of one node, and an engine that behaves as vLLM does (design: facts on real engines, section 3): the top
// process exits 0 some time after one of its own died, notices nothing of other nodes, and leaves orphans when killed.
import type { ProcessId } from '#core/supervision/effect.ts';
import type { ProcessSeen } from '#core/supervision/event.ts';

import type { Queue } from './queue.ts';

export type Proc = {
  readonly pid: number;
  readonly startTicks: number;
  ppid: number;
  title: string;
  readonly part: 'top' | 'core' | 'worker' | 'tracker';
  /** Whose it is: the incarnation that started it, and the epoch it belongs to. */
  readonly owner: string;
  readonly epoch: string;
  alive: boolean;
};

export type Habits = {
  readonly spawnMs: number;
  readonly spawnFails: 'not-found' | null;
  readonly coreMs: number;
  readonly workerMs: number;
  /** From the last worker of the group to the answer 200. */
  readonly readyMs: number;
  readonly termMs: number;
  readonly deafToTerm: boolean;
  /** How long after one of its own the top process ends with 0. */
  readonly noticeMs: number;
};

export const plainHabits: Habits = {
  spawnMs: 20,
  spawnFails: null,
  coreMs: 150,
  workerMs: 300,
  readyMs: 200,
  termMs: 300,
  deafToTerm: false,
  noticeMs: 1_500,
};

export type ExitWatch = (proc: Proc, code: number | null, signal: string | null) => void;

export type Processes = {
  readonly all: () => readonly Proc[];
  readonly living: (owner?: string) => readonly Proc[];
  readonly startEngine: (owner: string, epoch: string, title: string) => Proc;
  readonly signal: (id: ProcessId, signal: string) => void;
  readonly kill: (proc: Proc, code: number | null, signal: string | null) => void;
  readonly workerUp: () => boolean;
};

export function openProcesses(queue: Queue, rank: number, habits: Habits, onExit: ExitWatch): Processes {
  const procs: Proc[] = [];
  let lastPid = 1_000 * (rank + 1);
  const start = (part: Proc['part'], ppid: number, title: string, owner: string, epoch: string): Proc => {
    lastPid += 1;
    const proc: Proc = { pid: lastPid, startTicks: queue.nowMs(), ppid, title, part, owner, epoch, alive: true };
    procs.push(proc);
    return proc;
  };
  const living = (owner?: string) =>
    procs.filter((proc) => proc.alive && (owner === undefined || proc.owner === owner));
  const kin = (proc: Proc, part: Proc['part']) => living(proc.owner).find((other) => other.part === part);

  const kill = (proc: Proc, code: number | null, signal: string | null) => {
    if (!proc.alive) return;
    proc.alive = false;
    for (const other of procs) if (other.ppid === proc.pid) other.ppid = 1;
    onExit(proc, code, signal);
    if (living(proc.owner).every((other) => other.part === 'tracker'))
      queue.after(20, () => living(proc.owner).forEach((tracker) => kill(tracker, 0, null)));
    if (proc.part === 'core') queue.after(500, () => endKin(proc, 'worker'));
    if (proc.part === 'worker') queue.after(habits.noticeMs / 2, () => endKin(proc, 'core'));
    if (proc.part === 'core' || proc.part === 'worker') queue.after(habits.noticeMs, () => endKin(proc, 'top'));
  };
  // Who is deaf to SIGTERM is deaf to its own too.
  const endKin = (proc: Proc, part: Proc['part']) => {
    const other = kin(proc, part);
    if (other !== undefined && !(part === 'top' && habits.deafToTerm)) kill(other, 0, null);
  };
  const terminate = (proc: Proc) => {
    if (proc.part === 'tracker' || habits.deafToTerm) return;
    queue.after(proc.part === 'top' ? habits.termMs : 50, () => {
      if (proc.part === 'top') for (const part of ['worker', 'core'] as const) endKin(proc, part);
      kill(proc, 0, null);
    });
  };
  const startEngine = (owner: string, epoch: string, title: string): Proc => {
    const top = start('top', 1, title, owner, epoch);
    const still = (parent: Proc) => parent.alive;
    const worker = (parent: Proc) => {
      const proc = start('worker', parent.pid, 'python3', owner, epoch);
      queue.after(30, () => (proc.title = `VLLM::Worker_TP${rank}`));
    };
    start('tracker', top.pid, 'python3 -c from multiprocessing.resource_tracker import main;main(3)', owner, epoch);
    const core = rank === 0 ? habits.coreMs : 0;
    if (rank === 0)
      queue.after(core, () => {
        if (!still(top)) return;
        const proc = start('core', top.pid, 'VLLM::EngineCore', owner, epoch);
        queue.after(habits.workerMs - core, () => still(proc) && worker(proc));
      });
    else queue.after(habits.workerMs, () => still(top) && worker(top));
    return top;
  };
  const signal = ({ pid, startTicks }: ProcessId, name: string) => {
    const proc = procs.find((entry) => entry.pid === pid && entry.startTicks === startTicks && entry.alive);
    if (proc === undefined) return;
    if (name === 'SIGKILL') kill(proc, null, 'SIGKILL');
    if (name === 'SIGTERM') terminate(proc);
  };
  const workerUp = () => procs.some((proc) => proc.alive && proc.part === 'worker');
  return { all: () => procs, living, startEngine, signal, kill, workerUp };
}

export const toSeen = ({ pid, startTicks, ppid, title }: Proc): ProcessSeen => ({ pid, startTicks, ppid, title });
