// What one host system says about this node: a value for each thing it says, null for each thing it does not.
import type { Problem } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { quote } from '#core/quote.ts';

import type { PodinfoReading } from './podinfo.ts';

/** The leader's host; `port` is the group port where the source gives one, `via` names the variable or option. */
export type ClaimedLeader = { readonly host: string; readonly port: number | null; readonly via: string };

export type Claim = {
  readonly source: string;
  readonly rank: number | null;
  readonly size: number | null;
  readonly leader: ClaimedLeader | null;
  readonly group: string | null;
  readonly generation: string | null;
  /** The hosts by rank. */
  readonly nodes: readonly string[] | null;
  /** What was read, as a person would write it: `LWS_WORKER_INDEX=1 LWS_GROUP_SIZE=2`. */
  readonly evidence: string;
  /** `members`: its numbers are places in one group. `pods`: it numbers pods that may as well be independent replicas. */
  readonly counts: 'members' | 'pods';
  /** Why the source says no more than it does, or null where there is nothing to say about it. */
  readonly note: string | null;
  readonly problems: readonly Problem[];
};

export type SourceInput = {
  readonly facts: Facts;
  readonly podinfo: PodinfoReading;
  readonly options: Options;
};

/** Returns a claim from the fields that a source gives. */
export const claim = (source: string, fields: Partial<Omit<Claim, 'source'>>): Claim => ({
  source,
  rank: null,
  size: null,
  leader: null,
  group: null,
  generation: null,
  nodes: null,
  evidence: '',
  counts: 'members',
  note: null,
  problems: [],
  ...fields,
});

/** Tells whether a claim names a place by itself: rank, size and leader, or a size of 1, which needs no leader. */
export const isComplete = ({ rank, size, leader }: Claim): boolean =>
  size === 1 || (rank !== null && size !== null && leader !== null);

/** Returns `NAME=value` for each that is there; a value that is no short plain text is quoted and cut. */
export const shown = (values: Readonly<Record<string, string | number | null>>): string =>
  Object.entries(values)
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${plain(String(value))}`]))
    .join(' ');

const plain = (value: string): string => (/^[!-~]{1,120}$/.test(value) ? value : quote(value));

// A size that no group has comes from a wrong variable; its names are not worth the memory.
export const mostNames = 4_096;

/** Returns the host of each rank, or null where the size is not known or beyond 4096. */
export const namesByRank = (size: number | null, name: (rank: number) => string): string[] | null =>
  size === null || size > mostNames ? null : Array.from({ length: size }, (_, rank) => name(rank));
