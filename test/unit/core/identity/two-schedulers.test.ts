import { describe, expect, test } from 'vitest';

import {
  hydra,
  jobSetPod,
  kubeRay,
  openMpi,
  pyTorchJob,
  slurmBatch,
  slurmTask,
  torchrun,
  trainer,
  volcano,
} from './environments.ts';
import { dynamo, grove, lws, who } from './who.ts';

type Situation = Parameters<typeof who>[0];
const n02 = { hostname: 'n02' };
const rows = (situation: Situation) =>
  who(situation).identity.claims.map(({ source, complete, used }) => [source, complete, used]);

describe('two systems in one environment that agree', () => {
  test.each<[string, Situation, string, [string, boolean, boolean][]]>([
    [
      'srun --mpi=pmi2 gives both its step and PMI',
      { env: { ...slurmTask, PMI_RANK: '1', PMI_SIZE: '2', PMI_JOBID: '1.0' }, facts: n02 },
      'slurm',
      [
        ['slurm', true, true],
        ['pmi', false, false],
      ],
    ],
    [
      'hydra below srun',
      { env: { ...slurmTask, ...hydra(1, 2) }, facts: n02 },
      'slurm',
      [
        ['slurm', true, true],
        ['pmi', false, false],
      ],
    ],
    [
      'torchrun below srun, with the node number as node rank',
      { env: { ...slurmTask, ...torchrun(1, 2) }, facts: n02 },
      'torchrun',
      [
        ['torchrun', true, true],
        ['slurm', true, false],
      ],
    ],
    [
      'mpirun in a batch script with the leader by option',
      { env: { ...slurmBatch, ...openMpi(0, 2) }, options: { leader: 'n01' } },
      'openmpi + options',
      [
        ['options', false, true],
        ['slurm', false, false],
        ['openmpi', false, true],
      ],
    ],
    [
      'Trainer v2 on a JobSet',
      { env: trainer(1, 2), labels: jobSetPod() },
      'torchrun',
      [
        ['jobset', false, false],
        ['torchrun', true, true],
      ],
    ],
    [
      "Volcano's pytorch plugin beside its host list",
      { env: { ...volcano(1, 'w-0.j,w-1.j'), ...pyTorchJob(1, 2) }, options: { 'trust-source': ['volcano'] } },
      'volcano',
      [
        ['pytorchjob', true, false],
        ['volcano', true, true],
      ],
    ],
    [
      'Dynamo 1.6 on LeaderWorkerSet, in a RayCluster',
      { env: { ...dynamo(1, 'vllm-0.vllm.ns'), ...lws(1, 2), ...kubeRay } },
      'dynamo + lws',
      [
        ['dynamo', false, true],
        ['lws', true, true],
        ['kuberay', false, false],
      ],
    ],
    [
      'Slurm on Kubernetes: pods of LeaderWorkerSet that run slurmd',
      { env: { ...lws(1, 2, 'n01'), ...slurmTask }, facts: n02 },
      'lws',
      [
        ['lws', true, true],
        ['slurm', true, false],
      ],
    ],
    [
      'a step of one node in each pod of a group',
      { env: { ...lws(1, 2), ...slurmTask, SLURM_STEP_NUM_NODES: '1', SLURM_NODEID: '0', SLURM_STEP_NODELIST: 'n02' } },
      'lws',
      [
        ['lws', true, true],
        ['slurm', false, false],
      ],
    ],
  ])('%s', (_, situation, source, expected) => {
    const { identity, problems } = who(situation);
    expect([identity.source, problems]).toEqual([source, []]);
    expect(rows(situation)).toEqual(expected);
  });

  test('the group is named by who gives the place first, then by who agrees', () => {
    expect(who({ env: { ...lws(1, 2, 'n01'), ...slurmTask }, facts: n02 }).identity).toMatchObject({
      group: '1.0',
      generation: '1.0',
    });
    const labels = { 'leaderworkerset.sigs.k8s.io/name': 'a', 'leaderworkerset.sigs.k8s.io/group-index': '0' };
    expect(who({ env: { ...lws(1, 2, 'n01'), ...slurmTask }, labels, facts: n02 }).identity).toMatchObject({
      group: 'a-0',
      generation: '1.0',
    });
  });
});

describe('two systems in one environment that disagree', () => {
  test.each<[string, Situation, string]>([
    [
      'Slurm and LeaderWorkerSet',
      { env: { ...lws(0, 2, 'n01'), ...slurmTask } },
      'lws says rank 0, size 2, leader n01 (…), but slurm says rank 1, size 2, leader n01 (…)',
    ],
    [
      'torchrun that numbers nodes in its own order',
      { env: { ...slurmTask, ...torchrun(0, 2) } },
      'torchrun says rank 0, size 2, leader n01 (…), but slurm says rank 1, size 2, leader n01 (…)',
    ],
    [
      'a single-node step below Grove',
      {
        env: {
          ...grove('svc-wkr', 0),
          ...slurmTask,
          SLURM_JOB_NUM_NODES: '1',
          SLURM_NODEID: '0',
          SLURM_STEP_NUM_NODES: '1',
          SLURM_STEP_NODELIST: 'n02',
        },
      },
      'grove says rank 1, size 2, leader app-0-decode-1-svc-ldr-0.app-0.ns.svc.cluster.local (…), but slurm says rank 0, size 1, leader n02 (…)',
    ],
    [
      'Trainer v2 and Slurm',
      { env: { ...trainer(1, 4), ...slurmTask } },
      'torchrun says rank 1, size 4, leader t-node-0-0.t (…), but slurm says rank 1, size 2, leader n01 (…)',
    ],
  ])('%s: refused, both shown', (_, situation, message) => {
    const { problems, identity } = who({ facts: n02, ...situation });
    expect(problems.map((each) => each.message.replaceAll(/\([A-Z].*?\)(?=,|$)/g, '(…)'))).toEqual([
      `cannot tell which is true: ${message}`,
    ]);
    expect([identity.role, identity.source]).toEqual([null, null]);
  });

  test('the options settle it', () => {
    const options = { nnodes: 2, 'node-rank': 1, leader: 'n01' };
    expect(who({ env: { ...lws(0, 2, 'n09'), ...slurmTask }, options }).problems).toEqual([]);
  });

  test('one that is not whole is passed over with a warning, and does not name the group', () => {
    const env = { ...lws(1, 2), PMI_RANK: '0', PMI_SIZE: '2', PMI_JOBID: 'j' };
    const { identity, problems, warnings } = who({ env });
    expect([identity.source, identity.group, problems]).toEqual(['lws', null, []]);
    expect(warnings).toMatchObject([
      { code: 'source-disagrees', message: expect.stringMatching(/^pmi says rank 0, size 2 \(/) },
    ]);
  });

  test('mpirun below a step of its daemons: the step does not decide against it', () => {
    const env = { ...slurmTask, SLURM_JOB_NUM_NODES: '3', ...openMpi(2, 3) };
    expect(who({ env, facts: n02 }).problems).toMatchObject([{ name: 'config', hint: 'give --leader HOST[:PORT]' }]);
    const { identity } = who({ env, options: { leader: 'n00' }, facts: n02 });
    expect([identity.source, identity.rank, identity.size]).toEqual(['openmpi + options', 2, 3]);
  });
});

describe('three systems', () => {
  test('one may agree only with what another has just added', () => {
    // OpenMPI has the size over the rank of Dynamo; KServe has the leader over that size, and comes before it in the table.
    const env = { DYNAMO_RANK: '1', HEAD_SVC: 'h', POD_NAMESPACE: 'ns', RAY_NODE_COUNT: '2', ...openMpi(1, 2) };
    const { identity, problems } = who({ env, options: { 'trust-source': ['kserve'] } });
    expect(problems).toEqual([]);
    expect(identity).toMatchObject({
      source: 'dynamo + openmpi + kserve',
      rank: 1,
      size: 2,
      leader: { host: 'h.ns.svc.cluster.local' },
    });
  });
});
