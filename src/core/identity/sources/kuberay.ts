// KubeRay: the cluster's name and its head. There is no rank: the host index counts hosts of a replica, and the head is none of them.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, shown } from '#core/identity/claim.ts';
import { given } from '#core/identity/given.ts';
import { readPlace, readVariables } from '#core/identity/read-place.ts';
import { hostIndexLabel, kuberayVariables as names } from '#upstream/kubernetes/kuberay.ts';

/** Returns the claim of KubeRay, or null outside a RayCluster. */
export function fromKubeRay({ facts: { env }, podinfo }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  if (read.cluster === null && read.type === null) return null;
  const index = given(podinfo.labels, hostIndexLabel);
  const place =
    index === null ? { leader: [read.head, names.head] as const } : { rank: [index, hostIndexLabel] as const };
  return claim('kuberay', {
    ...readPlace(place),
    group: read.cluster,
    evidence: index === null ? evidence : `${evidence} ${shown({ 'label replica-host-index': index })}`,
    note:
      index === null
        ? 'a rank is not in the pod'
        : 'the index counts the hosts of a replica, and the head is none of them: give --nnodes and --leader',
  });
}
