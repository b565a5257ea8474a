// Every host system that can tell who we are, in order of precedence; a new one is a row here and a file beside it.
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { askedSources } from '#core/source-names.ts';

import { fromAibrix } from './aibrix.ts';
import { fromDynamo } from './dynamo.ts';
import { fromGrove } from './grove.ts';
import { fromHostfile, fromHosts } from './hosts.ts';
import { fromIndexedJob } from './indexed-job.ts';
import { fromJobSet } from './jobset.ts';
import { fromKServe } from './kserve.ts';
import { fromKubeRay } from './kuberay.ts';
import { fromLws } from './lws.ts';
import { fromOpenMpi } from './openmpi.ts';
import { fromLocal, fromOptions } from './options.ts';
import { fromPals } from './pals.ts';
import { fromPmi } from './pmi.ts';
import { fromPyTorchJob } from './pytorchjob.ts';
import { fromRankFrom } from './rank-from.ts';
import { fromSkyPilot } from './skypilot.ts';
import { fromSlurm } from './slurm.ts';
import { fromStatefulSet } from './statefulset.ts';
import { fromTorchrun } from './torchrun.ts';
import { fromVolcano } from './volcano.ts';

/**
 * `user` is what somebody typed, which beats everything field by field; `host` is what the platform says.
 * `gives`: rank, size and leader as far as the source has them; `reads`: where.
 * `tried`: with `engines` (real launches, the variables set by the test as the platform would), on `recorded` environments, or by
 * `tests` alone (environments written after the platform's documents and sources).
 */
export type Source = {
  readonly name: string;
  readonly voice: 'user' | 'host';
  readonly read: (input: SourceInput) => Claim | null;
  readonly gives: string;
  readonly reads: string;
  readonly tried: 'engines' | 'recorded' | 'tests';
};

// prettier-ignore
export const sources: readonly Source[] = [
  { name: 'options',     voice: 'user', read: fromOptions,     gives: 'rank size leader', tried: 'engines',  reads: '--nnodes --node-rank --leader' },
  { name: 'local',       voice: 'user', read: fromLocal,       gives: 'rank size leader', tried: 'engines',  reads: 'set by `vllm-launch local` for its own launchers' },
  { name: 'rank-from',   voice: 'user', read: fromRankFrom,    gives: 'rank',             tried: 'tests',    reads: '--rank-from: a label, an annotation or a variable' },
  { name: 'hosts',       voice: 'user', read: fromHosts,       gives: 'rank size leader', tried: 'tests',    reads: '--hosts A,B,C' },
  { name: 'hostfile',    voice: 'user', read: fromHostfile,    gives: 'rank size leader', tried: 'tests',    reads: '--hostfile FILE' },
  { name: 'dynamo',      voice: 'host', read: fromDynamo,      gives: 'rank leader',      tried: 'tests',    reads: 'DYNAMO_RANK DYNAMO_LEADER_ADDRESS (operator 1.6 or newer)' },
  { name: 'lws',         voice: 'host', read: fromLws,         gives: 'rank size leader', tried: 'engines',  reads: 'LWS_WORKER_INDEX LWS_GROUP_SIZE LWS_LEADER_ADDRESS' },
  { name: 'grove',       voice: 'host', read: fromGrove,       gives: 'rank size leader', tried: 'tests',    reads: 'GROVE_PCSG_* GROVE_PCLQ_* GROVE_HEADLESS_SERVICE; outside a scaling group no size' },
  { name: 'jobset',      voice: 'host', read: fromJobSet,      gives: 'rank leader',      tried: 'tests',    reads: 'labels jobset.sigs.k8s.io/*, JOB_COMPLETION_INDEX; only where there is one Job' },
  { name: 'torchrun',    voice: 'host', read: fromTorchrun,    gives: 'rank size leader', tried: 'tests',    reads: 'GROUP_RANK GROUP_WORLD_SIZE MASTER_ADDR, or PET_NODE_RANK PET_NNODES PET_MASTER_ADDR (Kubeflow Trainer v2)' },
  { name: 'pytorchjob',  voice: 'host', read: fromPyTorchJob,  gives: 'rank size leader', tried: 'tests',    reads: 'PET_NODE_RANK PET_NNODES MASTER_ADDR beside RANK and WORLD_SIZE' },
  { name: 'volcano',     voice: 'host', read: fromVolcano,     gives: 'rank size leader', tried: 'tests',    reads: 'VC_TASK_INDEX VC_{TASK}_NUM VC_{TASK}_HOSTS; only where there is one task' },
  { name: 'kuberay',     voice: 'host', read: fromKubeRay,     gives: 'leader',           tried: 'tests',    reads: 'FQ_RAY_IP RAY_CLUSTER_NAME; of a multi-host replica the rank, not the leader' },
  { name: 'aibrix',      voice: 'host', read: fromAibrix,      gives: 'rank size leader', tried: 'tests',    reads: 'POD_GROUP_INDEX POD_GROUP_SIZE PODSET_NAME STORM_SERVICE_NAME' },
  { name: 'kserve',      voice: 'host', read: fromKServe,      gives: 'size leader',      tried: 'tests',    reads: 'RAY_NODE_COUNT HEAD_SVC POD_NAMESPACE' },
  { name: 'skypilot',    voice: 'host', read: fromSkyPilot,    gives: 'rank size leader', tried: 'tests',    reads: 'SKYPILOT_NODE_RANK SKYPILOT_NUM_NODES SKYPILOT_NODE_IPS' },
  { name: 'slurm',       voice: 'host', read: fromSlurm,       gives: 'rank size leader', tried: 'recorded', reads: 'SLURM_STEP_ID SLURM_NODEID SLURM_STEP_NUM_NODES SLURM_STEP_NODELIST; one task a node' },
  { name: 'openmpi',     voice: 'host', read: fromOpenMpi,     gives: 'rank size',        tried: 'recorded', reads: 'OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE; one process a node' },
  { name: 'pmi',         voice: 'host', read: fromPmi,         gives: 'rank size',        tried: 'recorded', reads: 'PMI_RANK PMI_SIZE; one process a node' },
  { name: 'pals',        voice: 'host', read: fromPals,        gives: 'rank',             tried: 'tests',    reads: 'PALS_NODEID' },
  { name: 'statefulset', voice: 'host', read: fromStatefulSet, gives: 'rank',             tried: 'tests',    reads: 'labels apps.kubernetes.io/pod-index, statefulset.kubernetes.io/pod-name' },
  { name: 'indexed-job', voice: 'host', read: fromIndexedJob,  gives: 'rank',             tried: 'tests',    reads: 'JOB_COMPLETION_INDEX' },
];

/** Tells whether a source only informs until --trust-source names it. */
export const isAsked = (name: string): boolean => askedSources.some((asked) => asked === name);
