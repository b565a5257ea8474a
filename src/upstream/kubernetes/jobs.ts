// What Kubernetes writes into pods of an Indexed Job and of a StatefulSet, and JobSet into those of its Jobs.
const batch = 'batch.kubernetes.io/';
const jobset = 'jobset.sigs.k8s.io/';

export const indexVariable = 'JOB_COMPLETION_INDEX';
export const jobLabels = { name: `${batch}job-name`, index: `${batch}job-completion-index` } as const;

/** JobSet writes each both as a label and as an annotation. Replicas count Jobs, not pods. */
export const jobSetLabels = {
  name: `${jobset}jobset-name`,
  job: `${jobset}replicatedjob-name`,
  jobs: `${jobset}replicatedjob-replicas`,
  jobIndex: `${jobset}job-index`,
  restart: `${jobset}restart-attempt`,
  coordinator: `${jobset}coordinator`,
} as const;

export const statefulSetLabels = {
  index: 'apps.kubernetes.io/pod-index',
  pod: 'statefulset.kubernetes.io/pod-name',
  revision: 'controller-revision-hash',
} as const;

/** Returns the host of a pod of a JobSet; its subdomain is the JobSet's name unless spec.network names another one. */
export const jobSetHost = (name: string, job: string, jobIndex: string, index: number, subdomain = name): string =>
  `${name}-${job}-${jobIndex}-${index}.${subdomain}`;

/** Returns set and ordinal from a pod's name `<set>-<ordinal>`, or null where it is not of that form. */
export function readPodName(name: string): { readonly set: string; readonly ordinal: string } | null {
  const [, set, ordinal] = /^(.+)-(\d{1,9})$/.exec(name) ?? [];
  return set === undefined || ordinal === undefined ? null : { set, ordinal };
}
