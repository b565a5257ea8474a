// Rank, size and leader as a host system wrote them: each a text and where it stood.
import { problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

import { isHost } from './address.ts';
import type { Claim, ClaimedLeader } from './claim.ts';
import { shown } from './claim.ts';
import { readAll, readWhole } from './given.ts';

type Written = readonly [text: string | null, from: string];
type ReadPlace = Pick<Claim, 'rank' | 'size' | 'leader' | 'problems'>;

const nothing: Written = [null, ''];

/** Returns what was written as values, with a problem for each that cannot be one; what is null or left out stays null. */
export function readPlace(written: {
  readonly rank?: Written;
  readonly size?: Written;
  readonly leader?: Written;
}): ReadPlace {
  const rank = readWhole(...wordy(written.rank, 'the rank'), 0);
  const size = readWhole(...wordy(written.size, 'the number of nodes'), 1);
  const leader = readLeader(...(written.leader ?? nothing));
  return {
    rank: rank.value,
    size: size.value,
    leader: leader.value,
    problems: [...rank.problems, ...size.problems, ...leader.problems],
  };
}

const wordy = ([text, from]: Written = nothing, word: string): [string | null, string, string] => [text, word, from];

/** The kubelet leaves `$(NAME)` as it is where NAME is not there; no name of a host has such letters. */
function readLeader(host: string | null, via: string): { value: ClaimedLeader | null; problems: Problem[] } {
  if (host === null) return { value: null, problems: [] };
  if (isHost(host)) return { value: { host, port: null, via }, problems: [] };
  const message = `cannot use the leader ${quote(host)} of ${via}: it is no host name or address`;
  return { value: null, problems: [problem('config', message, `correct ${via}`)] };
}

/** Variables read by the names that a source has for them, and all of them as evidence. */
export function readVariables<Name extends string>(
  env: Readonly<Record<string, string>>,
  variables: Readonly<Record<Name, string>>,
): { readonly read: Readonly<Record<Name, string | null>>; readonly evidence: string } {
  const read = readAll(env, variables);
  const named = Object.entries<string>(variables).map(([name, variable]) => [variable, read[name as Name]]);
  return { read, evidence: shown(Object.fromEntries(named) as Record<string, string | null>) };
}

/** Returns the refusal of a launcher that is not alone on its node by what started it; `remedy` starts one on each. */
export function crowd(count: number | null, starter: string, remedy: string): Problem[] {
  if (count === null || count <= 1) return [];
  const message = `cannot use the place that ${starter} gives: it started ${count} processes on one node, and a node has one launcher`;
  return [problem('config', message, remedy)];
}
