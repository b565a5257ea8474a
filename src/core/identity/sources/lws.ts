// LeaderWorkerSet: rank, size and leader by variables in every container, group and revision by labels.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, namesByRank, shown } from '#core/identity/claim.ts';
import { given } from '#core/identity/given.ts';
import { readPlace } from '#core/identity/read-place.ts';
import { lwsHost, lwsLabels, lwsVariables } from '#upstream/kubernetes/lws.ts';

/** Returns the claim of LeaderWorkerSet, or null outside one. */
export function fromLws({ facts: { env }, podinfo: { labels } }: SourceInput): Claim | null {
  const index = given(env, lwsVariables.rank);
  const count = given(env, lwsVariables.size);
  const host = given(env, lwsVariables.leader);
  const name = given(labels, lwsLabels.name);
  const group = given(labels, lwsLabels.group);
  const revision = given(labels, lwsLabels.revision);
  if ([index, count, host, name, group, revision].every((value) => value === null)) return null;
  const place = readPlace({
    rank: [index, lwsVariables.rank],
    size: [count, lwsVariables.size],
    leader: [host, lwsVariables.leader],
  });
  const { leader } = place;
  return claim('lws', {
    ...place,
    group: name === null || group === null ? null : `${name}-${group}`,
    generation: revision,
    nodes: leader === null ? null : namesByRank(place.size, (rank) => lwsHost(leader.host, rank)),
    evidence: shown({
      [lwsVariables.rank]: index,
      [lwsVariables.size]: count,
      [lwsVariables.leader]: host,
      'label name': name,
      'label group-index': group,
    }),
  });
}
