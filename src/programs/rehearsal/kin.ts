import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';

import type { Fault, FaultKind } from './faults.ts';
import type { Delays } from './pace.ts';
import type { CoreShape, WorkerShape } from './shape.ts';

// The rehearsal engine's own children: the same program again, told over Node's channel what to be. Like vLLM's they do not carry the
// environment where an outsider could read it (setproctitle wipes it there).

export type KinRole = 'engine-core' | 'worker' | 'daemon' | 'forker';

/** What a child needs to know; faults are only those of its node. */
export type Setup = {
  readonly delays: Delays;
  readonly faults: readonly Fault[];
  readonly core: CoreShape | null;
  readonly worker: WorkerShape | null;
  /** Of a daemon: whether it was double-forked. */
  readonly forked: boolean;
};

export type ToKin = { readonly kind: 'setup'; readonly setup: Setup } | { readonly kind: 'step'; readonly id: number };

export type FromKin =
  { readonly kind: 'ready' } | { readonly kind: 'stepped'; readonly id: number; readonly ok: boolean };

/** The word after the program that says "be a child"; the role follows. */
export const KIN_WORD = 'be';

// A title can only be as long as the words a process was started with.
const PADDING = '.'.repeat(64);

const LIBRARY_VARIABLES = ['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];

/** What a child holds open as descriptor 4: the tracker's input, or a parent's own descriptor of it. */
export type Held = Writable | number | 'ignore';

/** The descriptor under which a child finds what it holds. */
export const HELD_DESCRIPTOR = 4;

/** Starts one child of `role` and tells it its setup; a failure to start comes as the child's 'error'. */
export const spawnKin = (role: KinRole, setup: Setup, held: Held, detached = false): ChildProcess => {
  const env = Object.fromEntries(
    LIBRARY_VARIABLES.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = spawn(process.execPath, [process.argv[1] ?? '', KIN_WORD, role, PADDING], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc', held],
    env,
    detached,
  });
  tell(child, { kind: 'setup', setup });
  return child;
};

/** Sends a message to a child; one that is gone hears nothing, which its 'exit' tells better. */
export const tell = (child: ChildProcess, message: ToKin): void => {
  if (child.connected) child.send(message, () => undefined);
};

/** Calls `heard` for each message of a child. */
export const listen = (child: ChildProcess, heard: (message: FromKin) => void): void => {
  child.on('message', (message) => heard(message as FromKin));
};

/** Sends a message to the parent; a parent that is gone is not missed (vLLM's EngineCore does not notice either). */
export const report = (message: FromKin): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

/** Whether this fault was asked for on this node. */
export const isTold = (setup: Pick<Setup, 'faults'>, kind: FaultKind): boolean =>
  setup.faults.some((fault) => fault.kind === kind);

/** The delay of a fault in ms, or null if it was not asked for. */
export const delayOf = (setup: Pick<Setup, 'faults'>, kind: FaultKind): number | null =>
  setup.faults.find((fault) => fault.kind === kind)?.afterMs ?? null;
