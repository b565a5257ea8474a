// What happened, in the past tense. Every event carries the time of our monotonic clock; those of a child its epoch.
import type { Frame } from '#core/group/message.ts';
import type { ProcessName } from '#core/plan/plan.ts';
import type { GcsJudgement } from '#upstream/ray/judge.ts';
import type { ReadStatus } from '#upstream/ray/status-text.ts';

export type LinkId = number;

/** A process of ours as /proc shows it. `startTicks` tells it from a later one with the same pid. */
export type ProcessSeen = {
  readonly pid: number;
  readonly startTicks: number;
  readonly ppid: number;
  /** The engine's title if it has one, else the first words of its command line. */
  readonly title: string;
};

export type Survivor = ProcessSeen & { readonly ageMs: number };

type Happening =
  | { readonly kind: 'launchRequested' }
  | { readonly kind: 'signalReceived'; readonly signal: string }
  | { readonly kind: 'timePassed'; readonly lateMs: number }
  // gates
  | {
      readonly kind: 'nameResolved';
      readonly address: string;
      readonly own: string | null;
      readonly interface: string | null;
    }
  | { readonly kind: 'nameUnresolved'; readonly reason: string }
  /** Why each of the services that were asked for is not reachable, in their order; null is one that is. */
  | { readonly kind: 'servicesTried'; readonly reasons: readonly (string | null)[] }
  // the group link
  | { readonly kind: 'listenerOpened' }
  | { readonly kind: 'listenerFailed'; readonly reason: string }
  | { readonly kind: 'linkOpened'; readonly link: LinkId; readonly address: string; readonly by: 'them' | 'us' }
  | { readonly kind: 'linkFailed'; readonly reason: string }
  | { readonly kind: 'frameReceived'; readonly link: LinkId; readonly frame: Frame }
  | { readonly kind: 'frameRejected'; readonly link: LinkId; readonly reason: string }
  | { readonly kind: 'linkClosed'; readonly link: LinkId; readonly reason: string }
  | { readonly kind: 'peerProbed'; readonly rank: number; readonly answer: 'reachable' | 'refused' | 'unreachable' }
  // children
  | {
      readonly kind: 'childSpawned';
      readonly epoch: number;
      readonly name: ProcessName;
      readonly pid: number;
      readonly startTicks: number;
    }
  | {
      readonly kind: 'spawnFailed';
      readonly epoch: number;
      readonly name: ProcessName;
      readonly why: 'not-found' | 'not-executable' | 'os';
      readonly reason: string;
    }
  | {
      readonly kind: 'childExited';
      readonly epoch: number;
      readonly name: ProcessName;
      readonly code: number | null;
      readonly signal: string | null;
    }
  | {
      readonly kind: 'processesSeen';
      readonly epoch: number;
      /** Whether descendants that were not known yet were looked for too. */
      readonly whole: boolean;
      readonly alive: readonly ProcessSeen[];
    }
  | { readonly kind: 'treeSwept'; readonly epoch: number; readonly survivors: readonly Survivor[] }
  | { readonly kind: 'engineProbed'; readonly epoch: number; readonly answers: readonly ProbeAnswer[] }
  | { readonly kind: 'tailRead'; readonly epoch: number; readonly lines: readonly string[] }
  | ({ readonly kind: 'rayAnswered'; readonly epoch: number } & RayAnswer)
  | { readonly kind: 'statusPortTaken'; readonly reason: string }
  /** An exception of our own code that nobody caught. */
  | { readonly kind: 'launcherBroke'; readonly reason: string }
  | { readonly kind: 'effectFailed'; readonly effect: string; readonly reason: string };

/** What Ray's GCS is asked on its wire. */
export type WireQuestion = 'clusterId' | 'nodes' | 'health';
/** What Ray said; `status` was asked of its own program. */
export type RayAnswer =
  | { readonly [Q in WireQuestion]: { readonly question: Q; readonly judgement: GcsJudgement<Q> } }[WireQuestion]
  | { readonly question: 'status'; readonly judgement: ReadStatus };

/** The HTTP status of one readiness target, or null with the reason where there was no answer. */
export type ProbeAnswer = { readonly status: number | null; readonly reason: string };

export type Event = Happening & { readonly atMs: number };
export type EventKind = Event['kind'];
export type EventOf<K extends EventKind> = Extract<Event, { kind: K }>;
