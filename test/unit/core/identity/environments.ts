// Environments of host systems as they were seen, or as their sources write them.
type Env = Readonly<Record<string, string>>;

const read = (text: string): Env =>
  Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/** `srun -N2 -n2` of Slurm 22.05.8, the second task; recorded. */
export const slurmTask: Env = read(`
  SLURM_PROCID=1 SLURM_NODEID=1 SLURM_LOCALID=0 SLURM_NTASKS=2 SLURM_NPROCS=2 SLURM_NNODES=2 SLURM_JOB_NUM_NODES=2
  SLURM_JOB_ID=1 SLURM_JOBID=1 SLURM_STEP_ID=0 SLURM_STEPID=0 SLURM_JOB_NODELIST=n[01-02] SLURM_NODELIST=n[01-02]
  SLURM_STEP_NODELIST=n[01-02] SLURM_STEP_NUM_NODES=2 SLURM_STEP_NUM_TASKS=2 SLURM_STEP_TASKS_PER_NODE=1(x2)
  SLURM_TASKS_PER_NODE=1(x2) SLURM_GTIDS=1 SLURMD_NODENAME=n02 SLURM_TOPOLOGY_ADDR=n02 SLURM_CLUSTER_NAME=lab
  SLURM_LAUNCH_NODE_IPADDR=127.0.0.1 SLURM_SRUN_COMM_HOST=127.0.0.1 SLURM_STEP_LAUNCHER_PORT=44805 SLURM_CPUS_ON_NODE=1
  SLURM_JOB_CPUS_PER_NODE=1(x2) SLURM_TASK_PID=30869 SLURM_UMASK=0022 SLURM_WORKING_CLUSTER=lab:127.0.0.1:26817:9728:109`);

/** Its batch script, which looks like process 0 of 4. */
export const slurmBatch: Env = read(`
  SLURM_NODEID=0 SLURM_PROCID=0 SLURM_LOCALID=0 SLURM_NTASKS=4 SLURM_NNODES=2 SLURM_JOB_NUM_NODES=2 SLURM_JOB_ID=1
  SLURM_NODELIST=n[01-02] SLURM_JOB_NODELIST=n[01-02]`);

/** Open MPI 4.1.4, one process a node. */
export const openMpi = (rank: number, size: number, onNode = 1): Env =>
  read(`OMPI_COMM_WORLD_RANK=${rank} OMPI_COMM_WORLD_SIZE=${size} OMPI_COMM_WORLD_LOCAL_RANK=0
    OMPI_COMM_WORLD_LOCAL_SIZE=${onNode} OMPI_COMM_WORLD_NODE_RANK=0 OMPI_UNIVERSE_SIZE=${size} PMIX_RANK=${rank}
    PMIX_NAMESPACE=2774138881 PMIX_HOSTNAME=n1`);

/** MPICH 4.0.2 (hydra). */
export const hydra = (rank: number, size: number, onNode = 1): Env =>
  read(`PMI_RANK=${rank} PMI_SIZE=${size} PMI_FD=8 MPI_LOCALRANKID=0 MPI_LOCALNRANKS=${onNode}`);

/** A child of `torchrun --nproc-per-node 1`. */
export const torchrun = (rank: number, size: number, processes = 1): Env =>
  read(`TORCHELASTIC_RUN_ID=job7 TORCHELASTIC_RESTART_COUNT=0 GROUP_RANK=${rank} GROUP_WORLD_SIZE=${size} ROLE_RANK=${rank}
    LOCAL_RANK=0 LOCAL_WORLD_SIZE=${processes} RANK=${rank * processes} WORLD_SIZE=${size * processes}
    MASTER_ADDR=n01 MASTER_PORT=29400`);

/** Kubeflow Trainer v2, container `node`. */
export const trainer = (rank: number, size: number): Env =>
  read(`PET_NODE_RANK=${rank} PET_NNODES=${size} PET_NPROC_PER_NODE=8 PET_MASTER_ADDR=t-node-0-0.t PET_MASTER_PORT=29500
    JOB_COMPLETION_INDEX=${rank}`);

/** Labels that JobSet gives to a pod of that Trainer's. */
export const jobSetPod = (jobs = '1', jobIndex = '0'): Env => ({
  'jobset.sigs.k8s.io/jobset-name': 't',
  'jobset.sigs.k8s.io/replicatedjob-name': 'node',
  'jobset.sigs.k8s.io/replicatedjob-replicas': jobs,
  'jobset.sigs.k8s.io/job-index': jobIndex,
  'jobset.sigs.k8s.io/restart-attempt': '2',
  'batch.kubernetes.io/job-name': `t-node-${jobIndex}`,
});

/** Kubeflow's PyTorchJob v1, a worker. */
export const pyTorchJob = (rank: number, size: number): Env =>
  read(`PYTHONUNBUFFERED=1 MASTER_PORT=23456 MASTER_ADDR=pj-master-0 WORLD_SIZE=${size} RANK=${rank} PET_MASTER_PORT=23456
    PET_MASTER_ADDR=pj-master-0 PET_NPROC_PER_NODE=8 PET_NODE_RANK=${rank} PET_NNODES=${size}`);

/** A Volcano job of one task. */
export const volcano = (index: number, hosts: string): Env =>
  read(
    `VK_TASK_INDEX=${index} VC_TASK_INDEX=${index} VC_WORKER_NUM=${hosts.split(',').length} VC_WORKER_HOSTS=${hosts}`,
  );

/** A worker of a RayCluster. */
export const kubeRay: Env = read(`
  RAY_CLUSTER_NAME=rc RAY_NODE_TYPE_NAME=gpu-group FQ_RAY_IP=rc-head-svc.ns.svc.cluster.local RAY_IP=rc-head-svc RAY_PORT=6379
  RAY_ADDRESS=rc-head-svc.ns.svc.cluster.local:6379 RAY_gcs_rpc_server_reconnect_timeout_s=600`);

export const aibrix = (rank: number, size: number): Env =>
  read(`POD_GROUP_INDEX=${rank} POD_GROUP_SIZE=${size} PODSET_NAME=llm-roleset-a-decode-5f-0 STORM_SERVICE_NAME=llm
    ROLESET_NAME=llm-roleset-a ROLESET_INDEX=0 ROLE_NAME=decode ROLE_TEMPLATE_HASH=5f ROLE_REPLICA_INDEX=0`);

export const kServe: Env = read(
  'HEAD_SVC=llama-head-1 POD_NAMESPACE=ns RAY_NODE_COUNT=2 ISVC_NAME=llama REQUEST_GPU_COUNT=1',
);

export const skyPilot = (rank: number): Env => ({
  SKYPILOT_NODE_RANK: String(rank),
  SKYPILOT_NUM_NODES: '2',
  SKYPILOT_NODE_IPS: '10.0.0.1\n10.0.0.2',
  SKYPILOT_NUM_GPUS_PER_NODE: '8',
  SKYPILOT_TASK_ID: 'sky-2026-10-01-12-00-00-000000_vllm_1',
});

export const pals: Env = read('PALS_RANKID=1 PALS_NODEID=1 PALS_APID=2b3c PALS_LOCAL_RANKID=0');
