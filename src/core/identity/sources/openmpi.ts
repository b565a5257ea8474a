// Open MPI's mpirun with one process a node: rank and size, but not where rank 0 runs.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import { countOf } from '#core/identity/given.ts';
import { crowd, readPlace, readVariables } from '#core/identity/read-place.ts';
import { openMpiVariables as names } from '#upstream/mpi.ts';

/** Returns the claim of Open MPI, or null where mpirun did not start this process. */
export function fromOpenMpi({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  if (read.rank === null && read.size === null) return null;
  const place = readPlace({ rank: [read.rank, names.rank], size: [read.size, names.size] });
  const many = crowd(countOf(read.onNode), 'mpirun', 'start it with mpirun --map-by ppr:1:node');
  return claim('openmpi', { ...place, group: read.job, evidence, problems: [...place.problems, ...many] });
}
