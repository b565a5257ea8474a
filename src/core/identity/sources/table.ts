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

/** `user` is what somebody typed, which beats everything field by field; `host` is what the platform says. */
export type Source = {
  readonly name: string;
  readonly voice: 'user' | 'host';
  readonly read: (input: SourceInput) => Claim | null;
};

// prettier-ignore
export const sources: readonly Source[] = [
  { name: 'options',     voice: 'user', read: fromOptions },
  { name: 'local',       voice: 'user', read: fromLocal },
  { name: 'rank-from',   voice: 'user', read: fromRankFrom },
  { name: 'hosts',       voice: 'user', read: fromHosts },
  { name: 'hostfile',    voice: 'user', read: fromHostfile },
  { name: 'dynamo',      voice: 'host', read: fromDynamo },
  { name: 'lws',         voice: 'host', read: fromLws },
  { name: 'grove',       voice: 'host', read: fromGrove },
  { name: 'jobset',      voice: 'host', read: fromJobSet },
  { name: 'torchrun',    voice: 'host', read: fromTorchrun },
  { name: 'pytorchjob',  voice: 'host', read: fromPyTorchJob },
  { name: 'volcano',     voice: 'host', read: fromVolcano },
  { name: 'kuberay',     voice: 'host', read: fromKubeRay },
  { name: 'aibrix',      voice: 'host', read: fromAibrix },
  { name: 'kserve',      voice: 'host', read: fromKServe },
  { name: 'skypilot',    voice: 'host', read: fromSkyPilot },
  { name: 'slurm',       voice: 'host', read: fromSlurm },
  { name: 'openmpi',     voice: 'host', read: fromOpenMpi },
  { name: 'pmi',         voice: 'host', read: fromPmi },
  { name: 'pals',        voice: 'host', read: fromPals },
  { name: 'statefulset', voice: 'host', read: fromStatefulSet },
  { name: 'indexed-job', voice: 'host', read: fromIndexedJob },
];

/**
 * `gives`: rank, size and leader as far as the source has them; `reads`: where. `tried`: with `engines` (real launches, the
 * variables set by the test as the platform would), on `recorded` environments, or by `tests` alone (environments written after
 * the platform's documents and sources).
 */
export type AboutSource = {
  readonly gives: string;
  readonly tried: 'engines' | 'recorded' | 'tests';
  readonly reads: string;
};

/** What README says of each source; no launch needs it, so it stays out of the bundle. */
// prettier-ignore
export const aboutSources: Readonly<Record<string, AboutSource>> = {
  options:       { gives: 'rank size leader', tried: 'engines',  reads: '--nnodes --node-rank --leader' },
  local:         { gives: 'rank size leader', tried: 'engines',  reads: 'set by `vllm-launch local` for its own launchers' },
  'rank-from':   { gives: 'rank',             tried: 'tests',    reads: '--rank-from: a label, an annotation or a variable' },
  hosts:         { gives: 'rank size leader', tried: 'tests',    reads: '--hosts A,B,C' },
  hostfile:      { gives: 'rank size leader', tried: 'tests',    reads: '--hostfile FILE' },
  dynamo:        { gives: 'rank leader',      tried: 'tests',    reads: 'DYNAMO_RANK DYNAMO_LEADER_ADDRESS (operator 1.6 or newer)' },
  lws:           { gives: 'rank size leader', tried: 'engines',  reads: 'LWS_WORKER_INDEX LWS_GROUP_SIZE LWS_LEADER_ADDRESS' },
  grove:         { gives: 'rank size leader', tried: 'tests',    reads: 'GROVE_PCSG_* GROVE_PCLQ_* GROVE_HEADLESS_SERVICE; outside a scaling group no size' },
  jobset:        { gives: 'rank leader',      tried: 'tests',    reads: 'labels jobset.sigs.k8s.io/*, JOB_COMPLETION_INDEX; only where there is one Job' },
  torchrun:      { gives: 'rank size leader', tried: 'tests',    reads: 'GROUP_RANK GROUP_WORLD_SIZE MASTER_ADDR, or PET_NODE_RANK PET_NNODES PET_MASTER_ADDR (Kubeflow Trainer v2)' },
  pytorchjob:    { gives: 'rank size leader', tried: 'tests',    reads: 'PET_NODE_RANK PET_NNODES MASTER_ADDR beside RANK and WORLD_SIZE' },
  volcano:       { gives: 'rank size leader', tried: 'tests',    reads: 'VC_TASK_INDEX VC_{TASK}_NUM VC_{TASK}_HOSTS; only where there is one task' },
  kuberay:       { gives: 'leader',           tried: 'tests',    reads: 'FQ_RAY_IP RAY_CLUSTER_NAME; of a multi-host replica the rank, not the leader' },
  aibrix:        { gives: 'rank size leader', tried: 'tests',    reads: 'POD_GROUP_INDEX POD_GROUP_SIZE PODSET_NAME STORM_SERVICE_NAME' },
  kserve:        { gives: 'size leader',      tried: 'tests',    reads: 'RAY_NODE_COUNT HEAD_SVC POD_NAMESPACE' },
  skypilot:      { gives: 'rank size leader', tried: 'tests',    reads: 'SKYPILOT_NODE_RANK SKYPILOT_NUM_NODES SKYPILOT_NODE_IPS' },
  slurm:         { gives: 'rank size leader', tried: 'recorded', reads: 'SLURM_STEP_ID SLURM_NODEID SLURM_STEP_NUM_NODES SLURM_STEP_NODELIST; one task a node' },
  openmpi:       { gives: 'rank size',        tried: 'recorded', reads: 'OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE; one process a node' },
  pmi:           { gives: 'rank size',        tried: 'recorded', reads: 'PMI_RANK PMI_SIZE; one process a node' },
  pals:          { gives: 'rank',             tried: 'tests',    reads: 'PALS_NODEID' },
  statefulset:   { gives: 'rank',             tried: 'tests',    reads: 'labels apps.kubernetes.io/pod-index, statefulset.kubernetes.io/pod-name' },
  'indexed-job': { gives: 'rank',             tried: 'tests',    reads: 'JOB_COMPLETION_INDEX' },
};

/** Tells whether a source only informs until --trust-source names it. */
export const isAsked = (name: string): boolean => askedSources.some((asked) => asked === name);
