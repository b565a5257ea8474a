// MPICH, Intel MPI and `srun --mpi=pmi2` with one process a node: rank and size, but not where rank 0 runs.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import { countOf } from '#core/identity/given.ts';
import { crowd, readPlace, readVariables } from '#core/identity/read-place.ts';
import { pmiVariables as names } from '#upstream/mpi.ts';

/** Returns the claim of PMI, or null where no such launcher started this process. */
export function fromPmi({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  if (read.rank === null && read.size === null) return null;
  const place = readPlace({ rank: [read.rank, names.rank], size: [read.size, names.size] });
  const many = crowd(countOf(read.onNode), 'mpiexec', 'start it with mpiexec -ppn 1');
  return claim('pmi', { ...place, group: read.job, evidence, problems: [...place.problems, ...many] });
}
