// The phases of a launcher. Each carries only the data that exists in it; what all have stands in Base.
import type { Verdict } from '#core/group/cause.ts';
import type { Group, Self } from '#core/group/group.ts';
import type { Epoch } from '#core/group/message.ts';
import type { LaunchPlan, ProcessName, Service } from '#core/plan/plan.ts';
import type { RayNode } from '#upstream/ray/node.ts';

import type { Effect, ProcessId } from './effect.ts';
import type { Survivor } from './event.ts';
import type { Ledger } from './ledger.ts';

export type PhaseName = State['phase'];

export type Base = {
  readonly self: Self;
  readonly plan: LaunchPlan;
  readonly nowMs: number;
  readonly epoch: Epoch | null;
  /** This node's address towards the leader, once the name is resolved. */
  readonly node: { readonly address: string | null; readonly interface: string | null };
  readonly group: Group;
  /** Set once: by whom we were asked to stop, and when. */
  readonly asked: { readonly by: string; readonly atMs: number } | null;
  readonly verdict: Verdict | null;
  /** Null until something was asked of Ray, and without it. */
  readonly ray: RayView | null;
  readonly history: readonly { readonly phase: PhaseName; readonly atMs: number }[];
};

export type ChildEnd = { readonly code: number | null; readonly signal: string | null; readonly atMs: number };

/** A process of the plan as it runs: `process` is null until its spawn was answered. */
export type Child = {
  readonly name: ProcessName;
  readonly process: ProcessId | null;
  readonly end: ChildEnd | null;
};

/** What runs on this node: the engine, or Ray's own processes, or both; and everything that ancestry proved to be their family. */
export type Engine = {
  readonly children: readonly Child[];
  readonly spawnedMs: number;
  readonly ledger: Ledger;
  readonly scanning: boolean;
  readonly nextQuickMs: number;
  readonly nextWholeMs: number;
};

export type Readiness = {
  readonly probing: boolean;
  readonly nextMs: number;
  /** Why the engine is not ready, or null while it answers. */
  readonly reason: string | null;
  readonly failures: number;
};

/** What Ray's GCS says of its cluster, as the leader (its nodes) or an agent (whether it is the one to join) asks it. */
export type RayView = {
  readonly asking: boolean;
  readonly nextMs: number;
  /** What is waited for, for a person. */
  readonly why: string;
  /** Why the GCS did not answer when the leader last asked it while the engine runs; null where it did. */
  readonly silent: string | null;
  /** Why the GCS cannot be read, so that Ray is asked by other means; null as long as it can. */
  readonly unknown: string | null;
  /** The cluster whose nodes these are; null until the head answers. */
  readonly cluster: string | null;
  readonly nodes: readonly RayNode[];
  /** Addresses of members whose nodes Ray called dead the last time. */
  readonly dead: readonly string[];
};

export type MissingService = { readonly service: Service; readonly reason: string };

export type Mode = 'asked' | 'fault';

export type State =
  | { readonly phase: 'opening'; readonly base: Base }
  | {
      readonly phase: 'resolving';
      readonly base: Base;
      readonly deadlineMs: number;
      readonly asking: boolean;
      readonly nextTryMs: number;
      readonly reason: string;
    }
  /** Services that the engine connects to when it starts are not reachable yet. */
  | {
      readonly phase: 'reaching';
      readonly base: Base;
      readonly deadlineMs: number;
      readonly asking: boolean;
      readonly nextTryMs: number;
      readonly missing: readonly MissingService[];
    }
  | { readonly phase: 'joining'; readonly base: Base; readonly deadlineMs: number }
  /** Ray's nodes come together: the leader starts the head and waits for all, a worker waits for the head. */
  | {
      readonly phase: 'assembling';
      readonly base: Base;
      readonly engine: Engine;
      readonly deadlineMs: number;
      /** What the leader's engine says of itself, where an agent asks it and no link tells. */
      readonly leader: Readiness;
    }
  | {
      readonly phase: 'starting';
      readonly base: Base;
      readonly engine: Engine;
      readonly deadlineMs: number;
      readonly readiness: Readiness;
    }
  | { readonly phase: 'ready'; readonly base: Base; readonly engine: Engine; readonly readiness: Readiness }
  /** Asked to stop, and the engine not told yet: endpoints are removed, or the leader drains first. */
  | {
      readonly phase: 'draining';
      readonly base: Base;
      readonly engine: Engine;
      readonly waitsFor: 'endpoints' | 'leader';
      readonly untilMs: number;
      readonly killAtMs: number;
    }
  /** SIGTERM was sent to the top process. */
  | {
      readonly phase: 'stopping';
      readonly base: Base;
      readonly engine: Engine;
      readonly mode: Mode;
      /** When SIGTERM is sent once more: an engine that starts may lose the first. Infinity where none is sent. */
      readonly againAtMs: number;
      /** Who of the engine's own is seen gone until then died before SIGTERM could work, and may be the cause. */
      readonly judgesUntilMs: number;
      /** When the others are told that we have drained, even if we have not. */
      readonly drainAtMs: number;
      /** When Ray's head is told to stop, if its agents are not gone by then; Infinity while the engine runs, and after it was told. */
      readonly restAtMs: number;
      readonly killAtMs: number;
    }
  /** The top process is gone or its time is over: the rest of the tree goes. */
  | {
      readonly phase: 'sweeping';
      readonly base: Base;
      readonly engine: Engine;
      readonly mode: Mode;
      readonly sweeping: boolean;
      readonly nextPassMs: number;
      readonly killAtMs: number;
      readonly giveUpAtMs: number;
      readonly told: boolean;
      readonly emptyPasses: number;
      readonly survivors: readonly Survivor[];
      readonly killed: Ledger;
    }
  /** Nothing of ours runs; the cause is not frozen yet. `code` is ours if the stop was asked for. */
  | {
      readonly phase: 'settling';
      readonly base: Base;
      readonly mode: Mode;
      readonly code: number;
      readonly untilMs: number;
    }
  | { readonly phase: 'ended'; readonly base: Base; readonly code: number };

export type StateOf<P extends PhaseName> = Extract<State, { phase: P }>;

export type Step = { readonly state: State; readonly effects: readonly Effect[] };

/** Returns the state before the first event. */
export const openState = (self: Self, plan: LaunchPlan, group: Group, nowMs: number): State => ({
  phase: 'opening',
  base: {
    self,
    plan,
    nowMs,
    epoch: null,
    node: { address: null, interface: null },
    group,
    asked: null,
    verdict: null,
    ray: null,
    history: [{ phase: 'opening', atMs: nowMs }],
  },
});

/** Returns the number that child events carry; 0 before the first start. */
export const epochOf = (base: Base): number => base.epoch?.counter ?? 0;

/** Returns the step that goes nowhere. */
export const stay = (state: State, ...effects: readonly Effect[]): Step => ({ state, effects });
