// KServe's multi-node runtimes: how many nodes and the head's Service; a pod does not know which worker it is.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import { readPlace, readVariables } from '#core/identity/read-place.ts';
import { kserveHead, kserveVariables as names } from '#upstream/kubernetes/kserve.ts';

/** Returns the claim of KServe, or null outside a multi-node runtime. */
export function fromKServe({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  const { head, namespace } = read;
  if (head === null) return null;
  const host = namespace === null ? null : kserveHead(head, namespace);
  return claim('kserve', {
    ...readPlace({ size: [read.size, names.size], leader: [host, names.head] }),
    group: read.service,
    evidence,
    note: 'a rank is not in the pod',
  });
}
