// AIBrix: a PodSet is one group, numbered from 0.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, namesByRank } from '#core/identity/claim.ts';
import { readPlace, readVariables } from '#core/identity/read-place.ts';
import { aibrixHost, aibrixVariables as names } from '#upstream/kubernetes/aibrix.ts';

/** Returns the claim of AIBrix, or null outside a PodSet. */
export function fromAibrix({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  const { podSet, service } = read;
  if (podSet === null) return null;
  const host = service === null ? null : aibrixHost(podSet, service, 0);
  const place = readPlace({
    rank: [read.rank, names.rank],
    size: [read.size, names.size],
    leader: [host, `${names.podSet} and ${names.service}`],
  });
  return claim('aibrix', {
    ...place,
    group: podSet,
    generation: read.revision,
    nodes: service === null ? null : namesByRank(place.size, (rank) => aibrixHost(podSet, service, rank)),
    evidence,
  });
}
