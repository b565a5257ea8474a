// A StatefulSet: the ordinal of each pod, from the labels alone. A host name that ends in a number proves nothing.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, shown } from '#core/identity/claim.ts';
import { given, readAll } from '#core/identity/given.ts';
import { readPlace } from '#core/identity/read-place.ts';
import { readPodName, statefulSetLabels } from '#upstream/kubernetes/jobs.ts';
import { lwsLabels } from '#upstream/kubernetes/lws.ts';

/** Returns the claim of a StatefulSet, or null outside one; those under LeaderWorkerSet count something else. */
export function fromStatefulSet({ podinfo: { labels } }: SourceInput): Claim | null {
  const { index, pod, revision } = readAll(labels, statefulSetLabels);
  if ((index === null && pod === null) || given(labels, lwsLabels.name) !== null) return null;
  const name = pod === null ? null : readPodName(pod);
  return claim('statefulset', {
    ...readPlace({ rank: [index ?? name?.ordinal ?? null, 'the labels of StatefulSet'] }),
    group: name?.set ?? null,
    generation: revision,
    evidence: shown({ 'label pod-index': index, 'label pod-name': pod }),
    counts: 'pods',
    note: 'the number of replicas, the first ordinal and the Service are not in the pod',
  });
}
