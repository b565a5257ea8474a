// The Dynamo operator's provider-neutral variables (from 1.6.0 on): a rank and the leader's host; a size they never give.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, shown } from '#core/identity/claim.ts';
import { given, readWhole } from '#core/identity/given.ts';
import { leaderVariable, rankVariable } from '#upstream/dynamo/keys.ts';

/** Returns the claim of DYNAMO_RANK and DYNAMO_LEADER_ADDRESS, or null where neither is there. */
export function fromDynamo({ facts: { env } }: SourceInput): Claim | null {
  const text = given(env, rankVariable);
  const host = given(env, leaderVariable);
  if (text === null && host === null) return null;
  const rank = readWhole(text, 'the rank', rankVariable, 0);
  return claim('dynamo', {
    rank: rank.value,
    leader: host === null ? null : { host, port: null, via: leaderVariable },
    evidence: shown({ [rankVariable]: text, [leaderVariable]: host }),
    problems: rank.problems,
  });
}
