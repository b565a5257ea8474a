// The processes of the plan as they come to life and end, whatever the phase is by then.
import { fillNode } from '#core/plan/node-env.ts';
import type { ProcessName } from '#core/plan/plan.ts';

import type { EventOf } from './event.ts';
import { addTop, openLedger } from './ledger.ts';
import { ownRayFolder } from './ray-folder.ts';
import type { Base, Child, ChildEnd, Engine } from './state.ts';

const titleLength = 256;

/** Returns what runs before anything does. */
export const noChildren = (nowMs: number): Engine => ({
  children: [],
  spawnedMs: nowMs,
  ledger: openLedger,
  scanning: false,
  nextQuickMs: 0,
  nextWholeMs: 0,
});

/** Returns the engine with one more process whose spawn is not answered yet. */
export const awaitSpawn = (engine: Engine, name: ProcessName, nowMs: number): Engine => ({
  ...engine,
  children: [...engine.children, { name, process: null, end: null }],
  spawnedMs: nowMs,
});

/** Returns the engine with a process that was spawned, named by its command until the first look. */
export function withProcess(base: Base, engine: Engine, event: EventOf<'childSpawned'>): Engine {
  const { name, pid, startTicks } = event;
  const spec = base.plan.document.processes.find((entry) => entry.name === name);
  const argv = spec === undefined ? [name] : fillNode(spec, { ...base.node, folder: ownRayFolder(base) }).argv;
  const ledger = addTop(engine.ledger, pid, startTicks, argv.join(' ').slice(0, titleLength));
  return { ...withChild(engine, name, { process: { pid, startTicks } }), ledger };
}

/** Returns the engine with the end of one of its processes. */
export const withEnd = (engine: Engine, name: ProcessName, end: ChildEnd): Engine => withChild(engine, name, { end });

const withChild = (engine: Engine, name: ProcessName, change: Partial<Child>): Engine => ({
  ...engine,
  children: engine.children.map((child) => (child.name === name ? { ...child, ...change } : child)),
});

/** A process that was spawned and has not ended. */
export type Living = Child & { readonly process: NonNullable<Child['process']> };

/** Returns the processes that were spawned and have not ended, in the order of their start. */
export const livingOf = ({ children }: Engine): readonly Living[] =>
  children.filter((child): child is Living => child.process !== null && child.end === null);

/** Tells whether nothing of the plan can run any more: every spawn was answered, every process has ended. */
export const allEnded = ({ children }: Engine): boolean => children.every((child) => child.end !== null);

/** Returns the process that people mean when they send a signal: the engine, or the agent where no engine runs. */
export const mainOf = (engine: Engine): Living | null =>
  livingOf(engine).find(({ name }) => name !== 'ray-head') ?? null;

/** Tells whether one of our processes with this pid has ended. */
export const hasEnded = ({ children }: Engine, pid: number): boolean =>
  children.some((child) => child.process?.pid === pid && child.end !== null);

/** Tells whether the process of an entry has ended by itself or by what it was told, not by SIGKILL. */
export const endedAlone = ({ children }: Engine, pid: number): boolean =>
  children.some((child) => child.process?.pid === pid && child.end !== null && child.end.signal !== 'SIGKILL');
