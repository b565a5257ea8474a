// torchrun: as a process that it started, or by the PET_ variables that Kubeflow Trainer v2 sets for it (there it is a JobSet).
// RANK and WORLD_SIZE count processes here and nodes elsewhere, so they are not read.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import { countOf, readAll } from '#core/identity/given.ts';
import { crowd, readPlace, readVariables } from '#core/identity/read-place.ts';
import { jobSetLabels } from '#upstream/kubernetes/jobs.ts';
import { isElastic, namelessRun, petVariables, torchrunVariables as names } from '#upstream/torch.ts';

import { isPyTorchJob } from './pytorchjob.ts';

/** Returns the claim of torchrun, or null where neither it nor Trainer set anything. */
export const fromTorchrun = (input: SourceInput): Claim | null => fromAgent(input) ?? fromPet(input);

/** A restart count is each agent's own and no generation of the group. */
function fromAgent({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  if (read.run === null) return null;
  const place = readPlace({
    rank: [read.rank, names.rank],
    size: [read.size, names.size],
    leader: [read.leader, names.leader],
  });
  const many = crowd(countOf(read.processes), 'torchrun', 'start it with torchrun --nproc-per-node 1');
  const group = read.run === namelessRun ? null : read.run;
  return claim('torchrun', { ...place, group, evidence, problems: [...place.problems, ...many] });
}

function fromPet({ facts: { env }, podinfo }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, petVariables);
  if ((read.rank === null && read.size === null) || isPyTorchJob(env)) return null;
  const elastic = read.size !== null && isElastic(read.size);
  const { name, restart } = readAll(podinfo.labels, jobSetLabels);
  return claim('torchrun', {
    ...readPlace({
      rank: [read.rank, petVariables.rank],
      size: [elastic ? null : read.size, petVariables.size],
      leader: [read.leader, petVariables.leader],
    }),
    group: name,
    generation: restart,
    evidence,
    note: elastic ? `${petVariables.size} is a range: the rendezvous would decide how many nodes there are` : null,
  });
}
