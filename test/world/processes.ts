// The processes of one node, and an engine that behaves as vLLM does (design: facts on real engines, section 3): the top
// process exits 0 some time after one of its own died, notices nothing of other nodes, and leaves orphans when killed.
// Of Ray's processes stands here what happens within one node; ray.ts has the rest.
import type { ProcessName } from '#core/plan/plan.ts';
import type { ProcessId } from '#core/supervision/effect.ts';
import type { ProcessSeen } from '#core/supervision/event.ts';

import { echoesOf } from './echoes.ts';
import type { Queue } from './queue.ts';

/** `top` is the engine's top process, `ray` is `ray start`, `helper` what the raylet cannot live without. */
export type Part = 'top' | 'core' | 'worker' | 'tracker' | 'ray' | 'gcs' | 'raylet' | 'helper';

export type Proc = {
  readonly pid: number;
  readonly startTicks: number;
  ppid: number;
  title: string;
  readonly part: Part;
  /** Which process of the plan it is; null for what one of these started. */
  readonly name: ProcessName | null;
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
  /** From the spawn of a head to its first answer, and from that of a node to its registration. */
  readonly gcsMs: number;
  readonly rayletMs: number;
  readonly registers: boolean;
  readonly gpus: number;
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
  gcsMs: 300,
  rayletMs: 500,
  registers: true,
  gpus: 1,
};

export type ExitWatch = (proc: Proc, code: number | null, signal: string | null) => void;

/** What a process is when it starts. */
export type Birth = Pick<Proc, 'part' | 'ppid' | 'title' | 'owner' | 'epoch'> & { readonly name?: ProcessName };
export type Hires = (core: Proc) => void;

export type Processes = {
  readonly all: () => readonly Proc[];
  readonly living: (owner?: string) => readonly Proc[];
  readonly start: (birth: Birth) => Proc;
  /** `hires` gets the core its workers, where it does not start its own. */
  readonly startEngine: (owner: string, epoch: string, title: string, hires: Hires | null) => Proc;
  readonly signal: (id: ProcessId, signal: string) => void;
  readonly kill: (proc: Proc, code: number | null, signal: string | null) => void;
  readonly workerUp: () => boolean;
};

const engineParts: ReadonlySet<Part> = new Set(['top', 'core', 'worker']);

// Whom a top process that is told to stop ends before itself.
const endsWith: Partial<Record<Part, readonly Part[]>> = {
  top: ['worker', 'core'],
  ray: ['worker', 'helper', 'raylet', 'gcs'],
};

export function openProcesses(queue: Queue, rank: number, habits: Habits, onExit: ExitWatch): Processes {
  const procs: Proc[] = [];
  let lastPid = 1_000 * (rank + 1);
  const start = (birth: Birth): Proc => {
    lastPid += 1;
    const proc: Proc = { name: null, ...birth, pid: lastPid, startTicks: queue.nowMs(), alive: true };
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
    if (!living(proc.owner).some((other) => engineParts.has(other.part)))
      queue.after(20, () => endTrackers(proc.owner));
    for (const echo of echoesOf(proc.part, signal, habits)) {
      if (echo.afterMs > 0) queue.after(echo.afterMs, () => endKin(proc, echo.part, echo.code));
      else endKin(proc, echo.part, echo.code);
    }
  };
  const endTrackers = (owner: string) => {
    for (const proc of living(owner)) if (proc.part === 'tracker') kill(proc, 0, null);
  };
  // Who is deaf to SIGTERM is deaf to its own too.
  const endKin = (proc: Proc, part: Part, code: number | null = 0) => {
    const other = kin(proc, part);
    if (other !== undefined && !(part === 'top' && habits.deafToTerm))
      kill(other, code, code === null ? 'SIGKILL' : null);
  };
  const terminate = (proc: Proc) => {
    if (proc.part === 'tracker' || habits.deafToTerm) return;
    const own = endsWith[proc.part];
    queue.after(own === undefined ? 50 : habits.termMs, () => {
      if (proc.alive) for (const part of own ?? []) endKin(proc, part);
      // `ray start` ends with 1 however it is told.
      kill(proc, proc.part === 'ray' ? 1 : 0, null);
    });
  };
  const startEngine = (owner: string, epoch: string, title: string, hires: Hires | null): Proc => {
    const begin = (part: Part, ppid: number, as: string) => start({ part, ppid, title: as, owner, epoch });
    const top = start({ part: 'top', ppid: 1, title, owner, epoch, name: 'engine' });
    const worker = (parent: Proc) => {
      const proc = begin('worker', parent.pid, 'python3');
      queue.after(30, () => (proc.title = `VLLM::Worker_TP${rank}`));
    };
    begin('tracker', top.pid, 'python3 -c from multiprocessing.resource_tracker import main;main(3)');
    const core = rank === 0 ? habits.coreMs : 0;
    if (rank === 0)
      queue.after(core, () => {
        if (!top.alive) return;
        const proc = begin('core', top.pid, 'VLLM::EngineCore');
        if (hires !== null) return hires(proc);
        queue.after(habits.workerMs - core, () => proc.alive && worker(proc));
      });
    else queue.after(habits.workerMs, () => top.alive && worker(top));
    return top;
  };
  const signal = ({ pid, startTicks }: ProcessId, name: string) => {
    const proc = procs.find((entry) => entry.pid === pid && entry.startTicks === startTicks && entry.alive);
    if (proc === undefined) return;
    if (name === 'SIGKILL') kill(proc, null, 'SIGKILL');
    if (name === 'SIGTERM') terminate(proc);
  };
  const workerUp = () => procs.some((proc) => proc.alive && proc.part === 'worker');
  return { all: () => procs, living, start, startEngine, signal, kill, workerUp };
}

export const toSeen = ({ pid, startTicks, ppid, title }: Proc): ProcessSeen => ({ pid, startTicks, ppid, title });
