// What torchrun gives to the processes it starts (elastic/agent), and what it reads itself: PET_<FLAG> is the default of a flag
// (argparse_util.py), which Kubeflow's operators set. RANK and WORLD_SIZE count processes under torchrun, nodes elsewhere: not read.
export const torchrunVariables = {
  run: 'TORCHELASTIC_RUN_ID',
  rank: 'GROUP_RANK',
  size: 'GROUP_WORLD_SIZE',
  leader: 'MASTER_ADDR',
  processes: 'LOCAL_WORLD_SIZE',
} as const;

export const petVariables = { rank: 'PET_NODE_RANK', size: 'PET_NNODES', leader: 'PET_MASTER_ADDR' } as const;

/** Set by PyTorchJob v1 beside PET_*, and not by Trainer v2 (training-operator pytorch/envvar.go). */
export const pytorchJobVariables = { rank: 'RANK', size: 'WORLD_SIZE', leader: 'MASTER_ADDR' } as const;

/** The run id of a static rendezvous without a name. */
export const namelessRun = 'none';

/** Tells whether --nnodes is a range MIN:MAX, so that the rendezvous decides how many there are. */
export const isElastic = (nnodes: string): boolean => /^\d{1,9}:\d{1,9}$/.test(nnodes);
