// What slurmstepd writes into the environment of a task (seen with 22.05.8; env.c). The job's own names (SLURM_NODELIST,
// SLURM_NNODES, SLURM_PROCID) are also in the batch script and in a shell of salloc, where they are no place in anything.
export const slurmVariables = {
  job: 'SLURM_JOB_ID',
  jobNodes: 'SLURM_JOB_NUM_NODES',
  step: 'SLURM_STEP_ID',
  node: 'SLURM_NODEID',
  nodes: 'SLURM_STEP_NUM_NODES',
  nodeList: 'SLURM_STEP_NODELIST',
  tasks: 'SLURM_STEP_TASKS_PER_NODE',
  nodeName: 'SLURMD_NODENAME',
  restarts: 'SLURM_RESTART_COUNT',
  hetSize: 'SLURM_HET_SIZE',
} as const;

/** Returns the greatest number of tasks on one node by Slurm's short form `2(x3),1`, or null where the text is none. */
export function mostTasks(tasksPerNode: string): number | null {
  const counts = tasksPerNode.split(',').map((item) => /^(\d{1,9})(?:\(x\d{1,9}\))?$/.exec(item)?.[1]);
  if (counts.some((count) => count === undefined)) return null;
  return counts.reduce((most, count) => Math.max(most, Number(count)), 0);
}
