// JobSet: names and restarts by labels (or annotations). How many pods a Job has is not in the pod, so it is never whole.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, shown } from '#core/identity/claim.ts';
import { given, readAll } from '#core/identity/given.ts';
import { readPlace } from '#core/identity/read-place.ts';
import { indexVariable, jobSetHost, jobSetLabels as keys } from '#upstream/kubernetes/jobs.ts';

type Labels = Readonly<Record<keyof typeof keys, string | null>>;

/** Returns the claim of a JobSet, or null outside one. The pods of one Job may be a group, or as many replicas. */
export function fromJobSet({ facts: { env }, podinfo }: SourceInput): Claim | null {
  const labels = readAll({ ...podinfo.annotations, ...podinfo.labels }, keys);
  if (labels.name === null) return null;
  const index = given(env, indexVariable);
  const one = labels.jobs === '1';
  return claim('jobset', {
    ...readPlace({
      rank: [one ? index : null, indexVariable],
      leader: [one ? hostOfFirst(labels) : null, 'the labels of JobSet'],
    }),
    group: one && labels.job !== null ? `${labels.name}-${labels.job}` : labels.name,
    generation: labels.restart,
    evidence: shown({
      [indexVariable]: index,
      'label jobset-name': labels.name,
      'label replicatedjob-name': labels.job,
      'label replicatedjob-replicas': labels.jobs,
      'label job-index': labels.jobIndex,
    }),
    counts: 'pods',
    note: one
      ? 'the number of pods of its Job is not in the pod'
      : `${labels.jobs ?? 'an unknown number of'} Jobs may be one group or several: --rank-from says which number is the rank`,
  });
}

/** A coordinator, where there is one, shows the subdomain; else it is the JobSet's name. */
function hostOfFirst({ name, job, jobIndex, coordinator }: Labels): string | null {
  if (name === null || job === null || jobIndex === null) return null;
  const [, subdomain] = /^[^.]+\.(.+)$/.exec(coordinator ?? '') ?? [];
  return jobSetHost(name, job, jobIndex, 0, subdomain);
}
