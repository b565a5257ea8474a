// Who is in: the state of the group link on one launcher. The leader has links to all, a worker one to the leader.
import type { ExitName } from '#core/errors.ts';
import type { FingerprintField } from '#core/plan/plan.ts';
import type { Effect } from '#core/supervision/effect.ts';
import type { LinkId } from '#core/supervision/event.ts';

import type { Cause } from './cause.ts';
import type { Epoch, HelloField } from './message.ts';
import type { LossHow, Peer } from './peer.ts';

export type Self = {
  readonly incarnation: string;
  readonly rank: number;
  readonly size: number;
  readonly host: string;
  readonly group: string | null;
  readonly generation: string | null;
  readonly groupPort: number;
  /** The leader's key for digests, random for each launcher. */
  readonly key: string;
  /** What all must agree on, and the same digested with our own key. */
  readonly fingerprint: readonly FingerprintField[];
  readonly fields: readonly HelloField[];
};

/** A link that somebody opened to the leader and that is no member (yet). */
export type PendingLink = { readonly id: LinkId; readonly address: string; readonly openedMs: number };

/** A worker's way to the leader. */
export type Dial =
  | { readonly state: 'idle'; readonly nextMs: number; readonly reason: string }
  | { readonly state: 'dialing'; readonly sinceMs: number; readonly reason: string }
  | { readonly state: 'open'; readonly link: LinkId; readonly sinceMs: number; readonly reason: string }
  | { readonly state: 'joined'; readonly link: LinkId }
  | { readonly state: 'closed' };

export type Group = {
  readonly role: 'leader' | 'worker' | 'none';
  /** Until the start: newcomers become members, a worker dials. Later newcomers are told to wait. */
  readonly admitting: boolean;
  readonly listening: boolean;
  readonly pending: readonly PendingLink[];
  readonly peers: readonly Peer[];
  readonly dial: Dial;
  readonly refusals: readonly { readonly rank: number | null; readonly address: string; readonly reason: string }[];
  readonly nextBeatMs: number;
};

/** What the group link learned, for the one place that couples it with children and gates. */
export type News =
  | { readonly kind: 'joined'; readonly rank: number; readonly host: string }
  | {
      readonly kind: 'gone';
      readonly rank: number;
      readonly host: string;
      readonly how: LossHow;
      readonly silentMs: number;
      /** What a member that said goodbye leaves with. */
      readonly code: number | null;
      /** The link where it is still open: closed once the last word was sent. */
      readonly link: LinkId | null;
    }
  | { readonly kind: 'refused'; readonly name: ExitName; readonly reason: string }
  | { readonly kind: 'start'; readonly epoch: Epoch }
  | { readonly kind: 'reported'; readonly rank: number; readonly cause: Cause; readonly happenedMs: number }
  | { readonly kind: 'stop-asked'; readonly rank: number; readonly by: string }
  | {
      readonly kind: 'stop';
      readonly mode: 'fault' | 'asked' | 'hurry';
      readonly cause: Cause;
      readonly happenedMs: number;
    }
  | { readonly kind: 'drained' }
  | { readonly kind: 'verdict'; readonly cause: Cause };

export type GroupStep = { readonly group: Group; readonly effects: readonly Effect[]; readonly news: readonly News[] };

/** Returns the group link before anything was opened. */
export const openGroup = (role: Group['role']): Group => ({
  role,
  admitting: true,
  listening: false,
  pending: [],
  peers: [],
  dial: { state: 'idle', nextMs: 0, reason: 'not tried yet' },
  refusals: [],
  nextBeatMs: 0,
});

/** Returns the ranks that are not in. */
export function missingRanks(group: Group, self: Self): number[] {
  const present = new Set([self.rank, ...group.peers.map((peer) => peer.rank)]);
  const missing: number[] = [];
  for (let rank = 0; rank < self.size; rank += 1) if (!present.has(rank)) missing.push(rank);
  return missing;
}

/** Returns the group with one peer replaced. */
export const withPeer = (group: Group, peer: Peer): Group => ({
  ...group,
  peers: group.peers.map((other) => (other.rank === peer.rank ? peer : other)),
});

/** Returns the group without the peer of a rank. */
export const withoutPeer = (group: Group, rank: number): Group => ({
  ...group,
  peers: group.peers.filter((peer) => peer.rank !== rank),
});

/** Returns a step that changes nothing. */
export const still = (group: Group): GroupStep => ({ group, effects: [], news: [] });
