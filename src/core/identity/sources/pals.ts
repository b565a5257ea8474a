// HPE's PALS: the number of the node; neither how many there are nor where the first one is. Not tried on the real thing.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import { readPlace, readVariables } from '#core/identity/read-place.ts';
import { palsVariables as names } from '#upstream/mpi.ts';

/** Returns the claim of PALS, or null outside it. */
export function fromPals({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  if (read.process === null && read.rank === null) return null;
  return claim('pals', { ...readPlace({ rank: [read.rank, names.rank] }), group: read.job, evidence });
}
