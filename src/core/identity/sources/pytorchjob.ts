// Kubeflow's PyTorchJob v1: PET_ variables beside RANK and WORLD_SIZE, which tell it from Trainer v2.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, shown } from '#core/identity/claim.ts';
import { given, readAll } from '#core/identity/given.ts';
import { readPlace } from '#core/identity/read-place.ts';
import { petVariables, pytorchJobVariables, torchrunVariables } from '#upstream/torch.ts';

/** Tells whether PyTorchJob wrote the PET_ variables: torchrun sets RANK too, and its own name with it. */
export const isPyTorchJob = (env: SourceInput['facts']['env']): boolean =>
  given(env, torchrunVariables.run) === null &&
  given(env, pytorchJobVariables.rank) !== null &&
  given(env, pytorchJobVariables.size) !== null;

/** Returns the claim of a PyTorchJob, or null outside one. */
export function fromPyTorchJob({ facts: { env } }: SourceInput): Claim | null {
  const pet = readAll(env, petVariables);
  const job = readAll(env, pytorchJobVariables);
  if ((pet.rank === null && pet.size === null) || !isPyTorchJob(env)) return null;
  return claim('pytorchjob', {
    ...readPlace({
      rank: [pet.rank, petVariables.rank],
      size: [pet.size, petVariables.size],
      leader: [job.leader, pytorchJobVariables.leader],
    }),
    evidence: shown({
      [petVariables.rank]: pet.rank,
      [petVariables.size]: pet.size,
      [pytorchJobVariables.leader]: job.leader,
      [pytorchJobVariables.rank]: job.rank,
      [pytorchJobVariables.size]: job.size,
    }),
  });
}
