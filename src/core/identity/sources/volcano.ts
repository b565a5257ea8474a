// Volcano: the index within a task, and the hosts of each task. It is a place where the job has one task.
import { isHost } from '#core/identity/address.ts';
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, mostNames, shown } from '#core/identity/claim.ts';
import { given } from '#core/identity/given.ts';
import { readPlace } from '#core/identity/read-place.ts';
import { volcanoJobLabel, volcanoTasks, volcanoVariables as names } from '#upstream/kubernetes/volcano.ts';

/** Returns the claim of a Volcano job, or null outside one. */
export function fromVolcano({ facts: { env }, podinfo }: SourceInput): Claim | null {
  const index = given(env, names.index) ?? given(env, names.oldIndex);
  if (index === null) return null;
  const tasks = volcanoTasks(Object.keys(env));
  const [task] = tasks;
  const told = { group: given(podinfo.labels, volcanoJobLabel), evidence: shown({ [names.index]: index }) };
  if (task === undefined || tasks.length > 1)
    return claim('volcano', { ...told, note: `the index counts within one task, and ${tasks.length} are known` });
  const [count, list] = [given(env, task.count), given(env, task.hosts)];
  const hosts = (list ?? '').split(',', mostNames).map((host) => host.trim());
  return claim('volcano', {
    ...told,
    ...readPlace({
      rank: [index, names.index],
      size: [count, task.count],
      leader: [list === null ? null : (hosts[0] ?? null), task.hosts],
    }),
    nodes: hosts.every(isHost) ? hosts : null,
    evidence: shown({ [names.index]: index, [task.count]: count, [task.hosts]: list }),
  });
}
