// What Volcano's plugins env and svc write into the pods of a job; index and host lists belong to one task of it.
export const volcanoVariables = { index: 'VC_TASK_INDEX', oldIndex: 'VK_TASK_INDEX' } as const;
export const volcanoJobLabel = 'volcano.sh/job-name';

/** A task by its part of the variables' names: upper case, `_` for `-`. */
export type VolcanoTask = { readonly count: string; readonly hosts: string };

/** Returns the variables VC_<TASK>_NUM and VC_<TASK>_HOSTS of every task whose number is there. */
export const volcanoTasks = (names: readonly string[]): VolcanoTask[] =>
  names
    .filter((name) => /^VC_.+_NUM$/.test(name))
    .toSorted()
    .map((count) => ({ count, hosts: count.replace(/_NUM$/, '_HOSTS') }));
