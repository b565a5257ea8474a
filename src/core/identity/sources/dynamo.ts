// The provider-neutral variables of Dynamo 1.6.0 and newer: rank and the leader's host; a size they never give.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import { readPlace, readVariables } from '#core/identity/read-place.ts';
import { leaderVariable, rankVariable } from '#upstream/dynamo/keys.ts';

/** Returns the claim of DYNAMO_RANK and DYNAMO_LEADER_ADDRESS, or null where neither is there. */
export function fromDynamo({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, { rank: rankVariable, leader: leaderVariable });
  if (read.rank === null && read.leader === null) return null;
  const place = readPlace({ rank: [read.rank, rankVariable], leader: [read.leader, leaderVariable] });
  return claim('dynamo', { ...place, evidence });
}
