// LeaderWorkerSet: rank, size and leader by variables in every container, group and revision by labels.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, namesByRank, shown } from '#core/identity/claim.ts';
import { given, readWhole } from '#core/identity/given.ts';
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
  const rank = readWhole(index, 'the rank', lwsVariables.rank, 0);
  const size = readWhole(count, 'the number of nodes', lwsVariables.size, 1);
  return claim('lws', {
    rank: rank.value,
    size: size.value,
    leader: host === null ? null : { host, port: null, via: lwsVariables.leader },
    group: name === null || group === null ? null : `${name}-${group}`,
    generation: revision,
    nodes: host === null ? null : namesByRank(size.value, (place) => lwsHost(host, place)),
    evidence: shown({
      [lwsVariables.rank]: index,
      [lwsVariables.size]: count,
      [lwsVariables.leader]: host,
      'label name': name,
      'label group-index': group,
    }),
    problems: [...rank.problems, ...size.problems],
  });
}
