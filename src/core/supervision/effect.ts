// What to do, in the imperative. Performed in order by the one interpreter; whatever fails comes back as an event.
import type { Body, Epoch, Hello } from '#core/group/message.ts';
import type { FingerprintField, ProcessSpec, ReadinessTarget, Service } from '#core/plan/plan.ts';

import type { LinkId, WireQuestion } from './event.ts';

/** Where the logs of Ray are, and whose count most. */
export type RayLogs = { readonly folder: string; readonly pid: number | null };

/** Which process is meant: never a pid alone. */
export type ProcessId = { readonly pid: number; readonly startTicks: number };

export type Effect =
  | { readonly kind: 'say'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly message: string }
  // gates: the answer is nameResolved or nameUnresolved
  | { readonly kind: 'resolveName'; readonly host: string }
  /** A connection to each, over which nothing is said; the answer is servicesTried. */
  | { readonly kind: 'tryServices'; readonly services: readonly Service[] }
  // the group link
  | { readonly kind: 'openListener'; readonly port: number }
  /** No new links from now on; open ones live. */
  | { readonly kind: 'closeListener' }
  | { readonly kind: 'openLink'; readonly host: string; readonly port: number }
  | { readonly kind: 'sendFrame'; readonly link: LinkId; readonly epoch: Epoch | null; readonly body: Body }
  /** Digests the fields with the leader's key, then sends the hello. */
  | {
      readonly kind: 'sendHello';
      readonly link: LinkId;
      readonly key: string;
      readonly hello: Omit<Hello, 'fields'>;
      readonly fields: readonly FingerprintField[];
    }
  | { readonly kind: 'closeLink'; readonly link: LinkId }
  /** A fresh connection to a silent peer; the answer is peerProbed. */
  | { readonly kind: 'probePeer'; readonly rank: number; readonly host: string; readonly port: number }
  // children: the answer is childSpawned (then childExited) or spawnFailed
  | { readonly kind: 'spawnChild'; readonly epoch: number; readonly spec: ProcessSpec }
  | { readonly kind: 'signalProcess'; readonly process: ProcessId; readonly signal: string }
  /** Looks which of the known processes live, and, if whole, which descendants they have; answer processesSeen. */
  | {
      readonly kind: 'scanProcesses';
      readonly epoch: number;
      readonly whole: boolean;
      readonly known: readonly ProcessId[];
    }
  /** One pass over the whole tree of the known processes; answer treeSwept. */
  | {
      readonly kind: 'sweepTree';
      readonly epoch: number;
      readonly signal: 'SIGTERM' | 'SIGKILL' | null;
      /** Leaves Python's resource trackers alone: they clean up after the killed. */
      readonly spareTrackers: boolean;
      readonly known: readonly ProcessId[];
    }
  | { readonly kind: 'probeEngine'; readonly epoch: number; readonly targets: readonly ReadinessTarget[] }
  /** One question to Ray's GCS; answer rayAnswered. */
  | {
      readonly kind: 'askRay';
      readonly epoch: number;
      readonly host: string;
      readonly port: number;
      readonly question: WireQuestion;
    }
  /** The same of Ray's own program, where its GCS cannot be read. */
  | {
      readonly kind: 'askRay';
      readonly epoch: number;
      readonly question: 'status';
      readonly spec: Pick<ProcessSpec, 'argv' | 'env'>;
    }
  /** The last lines of our output, and of Ray's own log files where they lie in a folder; answer tailRead. */
  | { readonly kind: 'readTail'; readonly epoch: number; readonly ray: RayLogs | null }
  /** Removes the folder that was made for Ray. */
  | { readonly kind: 'removeRayFolder'; readonly path: string }
  /** Rewrites the termination message from the state. */
  | { readonly kind: 'writeTermination' }
  /** The last effect: flush, close everything, leave with this code. */
  | { readonly kind: 'finish'; readonly code: number };

export type EffectKind = Effect['kind'];
export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>;
