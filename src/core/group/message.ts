// What launchers of one group say to each other (design section 6). Types here, validation in schema.ts.
import type { ExitName } from '#core/errors.ts';

import type { Cause } from './cause.ts';

/** One start of the group: the leader's incarnation and how often it has started the group. */
export type Epoch = { readonly leader: string; readonly counter: number };

export const protocolVersion = { min: 1, max: 1 } as const;

export type Envelope = {
  readonly protocol: { readonly min: number; readonly max: number };
  readonly group: string | null;
  readonly incarnation: string;
  readonly epoch: Epoch | null;
  readonly seq: number;
};

/** A field all members must agree on; a hidden one travels as a digest keyed with the leader's key. */
export type HelloField = { readonly field: string; readonly value: string | null; readonly digest: string };

export type Hello = {
  readonly rank: number;
  readonly size: number;
  readonly generation: string | null;
  readonly host: string;
  readonly groupPort: number;
  readonly fields: readonly HelloField[];
};

export type Body =
  /** Leader to a fresh link: the key for digests; later also the challenge of the group token. */
  | { readonly kind: 'challenge'; readonly key: string; readonly generation: string | null }
  | { readonly kind: 'hello'; readonly hello: Hello }
  /** In, as far as the leader is concerned. */
  | { readonly kind: 'welcome'; readonly rank: number; readonly host: string }
  /** Not in, and trying again is useless. */
  | { readonly kind: 'refused'; readonly name: ExitName; readonly reason: string }
  /** Neither refused nor believed: this epoch runs or stops without you; try again. */
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'start'; readonly epoch: Epoch }
  | {
      readonly kind: 'heartbeat';
      readonly phase: string;
      readonly ready: boolean;
      readonly missing: readonly number[];
      /** With Ray: the leader's cluster id once its head answers, a worker's address as Ray knows it. */
      readonly ray?: string;
    }
  /** Worker to leader: this happened here, so long ago by my clock. */
  | { readonly kind: 'report'; readonly cause: Cause; readonly ageMs: number }
  /** Worker to leader: somebody asked me to stop. */
  | { readonly kind: 'stop-asked'; readonly by: string }
  /** Leader to all: stop now (fault) or get ready to stop (asked). */
  | { readonly kind: 'stop'; readonly mode: 'fault' | 'asked' | 'hurry'; readonly cause: Cause; readonly ageMs: number }
  /** Leader to all: my engine has drained, now yours. */
  | { readonly kind: 'drained' }
  /** Leader to all: the cause, frozen. */
  | { readonly kind: 'verdict'; readonly cause: Cause }
  /** A closed connection after this is no death. */
  | { readonly kind: 'leaving'; readonly code: number | null };

export type Frame = Envelope & { readonly body: Body };
