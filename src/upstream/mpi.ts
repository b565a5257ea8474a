// What MPI launchers write into the environment of a process. None of them says where rank 0 runs.

/** Open MPI's mpirun. OMPI_COMM_WORLD_NODE_RANK is no number of a node: it counts the processes on one. */
export const openMpiVariables = {
  rank: 'OMPI_COMM_WORLD_RANK',
  size: 'OMPI_COMM_WORLD_SIZE',
  onNode: 'OMPI_COMM_WORLD_LOCAL_SIZE',
  job: 'PMIX_NAMESPACE',
} as const;

/** MPICH's hydra, Intel MPI, and srun --mpi=pmi2 (which gives the job and no count on the node). */
export const pmiVariables = {
  rank: 'PMI_RANK',
  size: 'PMI_SIZE',
  onNode: 'MPI_LOCALNRANKS',
  job: 'PMI_JOBID',
} as const;

/** HPE's PALS; there is no size among them. */
export const palsVariables = { process: 'PALS_RANKID', rank: 'PALS_NODEID', job: 'PALS_APID' } as const;
