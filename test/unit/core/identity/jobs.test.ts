import { describe, expect, test } from 'vitest';

import { jobSetPod, pyTorchJob, torchrun, trainer } from './environments.ts';
import { lws, who } from './who.ts';

const index = (value: string) => ({ JOB_COMPLETION_INDEX: value });
const rowOf = (identity: ReturnType<typeof who>['identity'], name: string) =>
  identity.claims.find(({ source }) => source === name);

describe('an Indexed Job', () => {
  const note = 'the number of completions and the name of pod 0 are not in the pod';

  test('knows its index and nothing of the others: one node, with a warning', () => {
    const { identity, problems, warnings } = who({
      env: index('1'),
      labels: { 'batch.kubernetes.io/job-name': 'shards' },
    });
    expect([identity.role, identity.group, problems]).toEqual(['single', null, []]);
    expect(warnings).toMatchObject([
      {
        code: 'identity-incomplete',
        message: expect.stringContaining(
          `indexed-job says rank 1 (JOB_COMPLETION_INDEX=1 label job-name=shards), which is no whole identity (${note})`,
        ),
      },
    ]);
    expect(identity.claims[0]?.why).toBe(
      `says rank 1; nothing proves that there is a second node; ${note} (JOB_COMPLETION_INDEX=1 label job-name=shards)`,
    );
  });

  test('is a group once the user says how many and who leads', () => {
    const situation = { env: index('1'), labels: { 'batch.kubernetes.io/job-name': 'vllm' } };
    const { identity, problems, warnings } = who({ ...situation, options: { nnodes: 2, leader: 'vllm-0.vllm' } });
    expect(identity).toMatchObject({
      source: 'indexed-job + options',
      role: 'worker',
      rank: 1,
      size: 2,
      group: 'vllm',
    });
    expect([problems, warnings]).toEqual([[], []]);
  });

  test.each(['labels', 'annotations'] as const)('has its index in the %s too', (where) => {
    const options = { nnodes: 3, leader: 'j-0.j' };
    const key = 'batch.kubernetes.io/job-completion-index';
    expect(who({ [where]: { [key]: '2' }, options }).identity).toMatchObject({ rank: 2, size: 3 });
    expect(who({ [where]: { [key]: 'x' }, options }).problems).toMatchObject([
      { message: expect.stringContaining(`the rank "x" of label ${key}`) },
    ]);
  });

  test('a malformed index is refused', () => {
    expect(who({ env: index('a') }).problems).toMatchObject([{ name: 'config', hint: 'correct JOB_COMPLETION_INDEX' }]);
  });
});

describe('a JobSet', () => {
  const leader = 't-node-0-0.t';

  test('with one Job is whole but for the number of pods', () => {
    const situation = { env: index('1'), labels: jobSetPod() };
    const { identity, problems, warnings } = who({ ...situation, options: { nnodes: 2 } });
    expect(identity).toMatchObject({
      source: 'jobset + options',
      role: 'worker',
      rank: 1,
      leader: { host: leader, via: 'the labels of JobSet' },
      group: 't-node',
      generation: '2',
    });
    expect([problems, warnings]).toEqual([[], []]);
    expect(identity.claims.map(({ source }) => source)).toEqual(['options', 'jobset']);
    const alone = who(situation);
    expect([alone.identity.role, alone.identity.generation, alone.warnings.length]).toEqual(['single', null, 1]);
    expect(alone.identity.claims[0]?.why).toBe(
      `says rank 1, leader ${leader}; nothing proves that there is a second node; the number of pods of its Job is not in the pod (JOB_COMPLETION_INDEX=1` +
        ' label jobset-name=t label replicatedjob-name=node label replicatedjob-replicas=1 label job-index=0)',
    );
  });

  test('says so by annotations too', () => {
    expect(who({ env: index('1'), annotations: jobSetPod(), options: { nnodes: 2 } }).identity.rank).toBe(1);
  });

  test('its coordinator shows the subdomain, not the leader', () => {
    const labels = { ...jobSetPod(), 'jobset.sigs.k8s.io/coordinator': 't-driver-0-0.net.example' };
    expect(who({ env: index('1'), labels, options: { nnodes: 2 } }).identity.leader?.host).toBe(
      't-node-0-0.net.example',
    );
    const strange = { ...labels, 'jobset.sigs.k8s.io/coordinator': 'no-subdomain' };
    expect(who({ env: index('1'), labels: strange, options: { nnodes: 2 } }).identity.leader?.host).toBe(leader);
  });

  test.each([
    [jobSetPod('4', '3'), '4 Jobs'],
    [{ ...jobSetPod(), 'jobset.sigs.k8s.io/replicatedjob-replicas': '' }, 'an unknown number of Jobs'],
  ])('with several Jobs may be one group or several: no rank is guessed', (labels, many) => {
    const { identity, problems } = who({ env: index('1'), labels, options: { nnodes: 4, leader: 'x' } });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --node-rank R' }]);
    expect(rowOf(identity, 'jobset')?.why).toContain(
      `${many} may be one group or several: --rank-from says which number is the rank`,
    );
  });

  test.each([
    [{ 'rank-from': 'label:jobset.sigs.k8s.io/job-index' }, 3],
    [{ 'rank-from': 'env:JOB_COMPLETION_INDEX' }, 1],
  ])('with several Jobs is a group by %j', (told, rank) => {
    const options = { nnodes: 4, leader: 'x', ...told };
    const { identity, problems } = who({ env: index('1'), labels: jobSetPod('4', '3'), options });
    expect([identity.rank, problems]).toEqual([rank, []]);
  });

  test.each(['replicatedjob-name', 'job-index'])('without its %s has no leader', (key) => {
    const labels = { ...jobSetPod(), [`jobset.sigs.k8s.io/${key}`]: '' };
    expect(who({ env: index('1'), labels, options: { nnodes: 2 } }).problems).toMatchObject([
      { hint: 'give --leader HOST[:PORT]' },
    ]);
  });

  test('without a name of its Job is named by the set alone', () => {
    const labels = { ...jobSetPod(), 'jobset.sigs.k8s.io/replicatedjob-name': '' };
    const options = { nnodes: 2, leader: 'x' };
    expect(who({ env: index('1'), labels, options }).identity.group).toBe('t');
    expect(
      who({ env: index('1'), labels: jobSetPod('2'), options: { ...options, 'node-rank': 1 } }).identity.group,
    ).toBeNull();
  });
});

describe('Kubeflow Trainer v2', () => {
  test('is torchrun in a JobSet: place by PET_, group and generation by labels', () => {
    const { identity, problems, warnings } = who({ env: trainer(1, 2), labels: jobSetPod() });
    expect(identity).toMatchObject({
      source: 'torchrun',
      role: 'worker',
      rank: 1,
      size: 2,
      leader: { host: 't-node-0-0.t', port: 9441, via: 'PET_MASTER_ADDR' },
      group: 't',
      generation: '2',
    });
    expect([problems, warnings]).toEqual([[], []]);
    expect(rowOf(identity, 'jobset')).toMatchObject({
      used: false,
      why: expect.stringContaining('torchrun decides; adds nothing to it'),
    });
  });

  test('without labels has its Job beside it, which agrees', () => {
    const { identity } = who({ env: trainer(1, 2) });
    expect(identity.claims.map(({ source, used }) => [source, used])).toEqual([
      ['torchrun', true],
      ['indexed-job', false],
    ]);
  });

  test('with one node is single', () => {
    expect(who({ env: trainer(0, 1) }).identity).toMatchObject({ source: 'torchrun', role: 'single' });
  });

  test('an elastic number of nodes is no number', () => {
    const { problems, identity } = who({ env: { ...trainer(1, 2), PET_NNODES: '1:4' } });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --nnodes N' }]);
    expect(rowOf(identity, 'torchrun')?.why).toContain(
      'PET_NNODES is a range: the rendezvous would decide how many nodes there are',
    );
    expect(who({ env: { ...trainer(1, 2), PET_NNODES: '1:' } }).problems[0]?.message).toContain('"1:" of PET_NNODES');
  });

  test.each([{ PET_NODE_RANK: '' }, { PET_NNODES: '' }, { PET_MASTER_ADDR: '' }])(
    'without %j it is not whole',
    (left) => {
      expect(who({ env: { ...trainer(1, 2), ...left } }).problems).toMatchObject([{ name: 'config' }]);
    },
  );

  test('PET_MASTER_ADDR alone is no sign of it', () => {
    expect(who({ env: { PET_MASTER_ADDR: 'x' } }).identity.claims).toEqual([]);
  });
});

describe('a process of torchrun', () => {
  test('one a node: GROUP_RANK is the rank, not RANK', () => {
    const { identity, problems } = who({ env: { ...torchrun(1, 2), RANK: '7', WORLD_SIZE: '16' } });
    expect(identity).toMatchObject({
      source: 'torchrun',
      rank: 1,
      size: 2,
      leader: { host: 'n01', via: 'MASTER_ADDR' },
      group: 'job7',
      generation: null,
    });
    expect(problems).toEqual([]);
  });

  test('beside others on its node is refused', () => {
    expect(who({ env: torchrun(1, 2, 8) }).problems).toEqual([
      {
        name: 'config',
        message:
          'cannot use the place that torchrun gives: it started 8 processes on one node, and a node has one launcher',
        hint: 'start it with torchrun --nproc-per-node 1',
      },
    ]);
  });

  test('of a static rendezvous has a run without a name', () => {
    expect(who({ env: { ...torchrun(1, 2), TORCHELASTIC_RUN_ID: 'none' } }).identity.group).toBeNull();
  });

  test('beats the PET_ variables around it, also those of a PyTorchJob', () => {
    for (const around of [trainer(0, 4), pyTorchJob(0, 4)]) {
      const { identity } = who({ env: { ...around, ...torchrun(1, 2) } });
      expect(identity).toMatchObject({ source: 'torchrun', rank: 1, size: 2 });
      expect(rowOf(identity, 'pytorchjob')).toBeUndefined();
    }
  });

  test('RANK and WORLD_SIZE alone say nothing', () => {
    const env = { RANK: '1', WORLD_SIZE: '2', LOCAL_RANK: '0', MASTER_ADDR: 'n01', MASTER_PORT: '1' };
    expect(who({ env }).identity.claims).toEqual([]);
  });
});

describe('a StatefulSet', () => {
  const labels = (ordinal: string) => ({
    'apps.kubernetes.io/pod-index': ordinal,
    'statefulset.kubernetes.io/pod-name': `vllm-${ordinal}`,
    'controller-revision-hash': 'vllm-7f',
  });
  const options = { nnodes: 3, leader: 'vllm-0.vllm' };

  test('has an ordinal; how many there are, and where, the user says', () => {
    expect(who({ labels: labels('2'), options }).identity).toMatchObject({
      source: 'statefulset + options',
      rank: 2,
      group: 'vllm',
      generation: 'vllm-7f',
    });
    expect(who({ labels: labels('2') })).toMatchObject({
      identity: { role: 'single', group: null, generation: null },
      warnings: [
        {
          message: expect.stringContaining(
            '(the number of replicas, the first ordinal and the Service are not in the pod)',
          ),
        },
      ],
      problems: [],
    });
  });

  test.each(['apps.kubernetes.io/pod-index', 'statefulset.kubernetes.io/pod-name'])('by %s alone', (key) => {
    const one = Object.fromEntries(Object.entries(labels('1')).filter(([name]) => name === key));
    expect(who({ labels: one, options }).identity).toMatchObject({
      rank: 1,
      group: key.includes('pod-name') ? 'vllm' : null,
    });
  });

  test('shows what it read, and refuses an ordinal that is none', () => {
    expect(who({ labels: labels('2') }).identity.claims[0]?.why).toContain('(label pod-index=2 label pod-name=vllm-2)');
    expect(who({ labels: labels('x') }).problems[0]?.message).toContain('the rank "x" of the labels of StatefulSet:');
  });

  test('a name without an ordinal gives none', () => {
    const strange = { 'statefulset.kubernetes.io/pod-name': 'vllm' };
    expect(who({ labels: strange, options }).problems).toMatchObject([{ hint: 'give --node-rank R' }]);
  });

  test('an ordinal beyond the size is refused: the set may begin at another one', () => {
    expect(who({ labels: labels('3'), options }).problems).toMatchObject([
      { message: expect.stringContaining('has ranks 0 to 2') },
    ]);
  });

  test('below LeaderWorkerSet counts something else and does not speak', () => {
    const lwsLabels = { 'leaderworkerset.sigs.k8s.io/name': 'vllm' };
    const { identity } = who({ env: lws(1, 2), labels: { ...labels('5'), ...lwsLabels } });
    expect(identity.claims.map(({ source }) => source)).toEqual(['lws']);
    // Without that label the revision of the worker's own set is not taken for the group's either.
    expect(who({ env: lws(1, 2), labels: labels('1') }).identity).toMatchObject({
      rank: 1,
      group: null,
      generation: null,
    });
  });

  test('a host name with a number at its end is none', () => {
    expect(who({ facts: { hostname: 'vllm-2' } }).identity.claims).toEqual([]);
  });
});
