// An Indexed Job: the index of each pod. Number of completions and headless Service are not in the pod.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, shown } from '#core/identity/claim.ts';
import { given, readAll } from '#core/identity/given.ts';
import { readPlace } from '#core/identity/read-place.ts';
import { indexVariable, jobLabels, jobSetLabels } from '#upstream/kubernetes/jobs.ts';

/** Returns the claim of an Indexed Job, or null outside one; a JobSet speaks for its Jobs. */
export function fromIndexedJob({ facts: { env }, podinfo }: SourceInput): Claim | null {
  const labels = readAll({ ...podinfo.annotations, ...podinfo.labels }, { ...jobLabels, jobSet: jobSetLabels.name });
  const index = given(env, indexVariable);
  const [text, from] = index === null ? [labels.index, `label ${jobLabels.index}`] : [index, indexVariable];
  if (text === null || labels.jobSet !== null) return null;
  return claim('indexed-job', {
    ...readPlace({ rank: [text, from] }),
    group: labels.name,
    evidence: shown({ [from]: text, 'label job-name': labels.name }),
    counts: 'pods',
    note: 'the number of completions and the name of pod 0 are not in the pod',
  });
}
