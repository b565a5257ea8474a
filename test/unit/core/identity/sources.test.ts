import { describe, expect, test } from 'vitest';

import { sources } from '#core/identity/sources/table.ts';

import { dynamo, grove, lws, who } from './who.ts';

test('the table names every source once, in order of precedence', () => {
  expect(sources.map(({ name, voice }) => `${voice} ${name}`)).toEqual([
    'user options',
    'user local',
    'user rank-from',
    'user hosts',
    'user hostfile',
    'host dynamo',
    'host lws',
    'host grove',
    'host jobset',
    'host torchrun',
    'host pytorchjob',
    'host volcano',
    'host kuberay',
    'host aibrix',
    'host kserve',
    'host skypilot',
    'host slurm',
    'host openmpi',
    'host pmi',
    'host pals',
    'host statefulset',
    'host indexed-job',
  ]);
});

describe('LeaderWorkerSet', () => {
  test('tells rank, size, leader, nodes, group and generation', () => {
    const labels = {
      'leaderworkerset.sigs.k8s.io/name': 'vllm',
      'leaderworkerset.sigs.k8s.io/group-index': '0',
      'leaderworkerset.sigs.k8s.io/template-revision-hash': 'abc',
    };
    expect(who({ env: lws(1, 3), labels })).toEqual({
      identity: {
        source: 'lws',
        role: 'worker',
        rank: 1,
        size: 3,
        leader: { host: 'vllm-0.vllm.ns', port: 9441, via: 'LWS_LEADER_ADDRESS' },
        group: 'vllm-0',
        generation: 'abc',
        nodes: ['vllm-0.vllm.ns', 'vllm-0-1.vllm.ns', 'vllm-0-2.vllm.ns'],
        claims: [
          {
            source: 'lws',
            complete: true,
            used: true,
            why: 'gives rank 1, size 3, leader vllm-0.vllm.ns (LWS_WORKER_INDEX=1 LWS_GROUP_SIZE=3 LWS_LEADER_ADDRESS=vllm-0.vllm.ns label name=vllm label group-index=0)',
          },
        ],
      },
      warnings: [],
      problems: [],
    });
  });

  test('rank 0 is the leader', () => {
    expect(who({ env: lws(0, 2) }).identity).toMatchObject({ role: 'leader', rank: 0, group: null, generation: null });
  });

  test('a group of one is single and needs nothing else', () => {
    const { identity, warnings, problems } = who({ env: { LWS_GROUP_SIZE: '1' } });
    expect(identity).toMatchObject({ source: 'lws', role: 'single', rank: 0, size: 1, leader: null, nodes: null });
    expect([warnings, problems]).toEqual([[], []]);
    expect(who({ env: lws(0, 1) }).identity).toMatchObject({ role: 'single', leader: null, nodes: ['vllm-0.vllm.ns'] });
  });

  test.each(['leaderworkerset.sigs.k8s.io/name', 'leaderworkerset.sigs.k8s.io/group-index'])(
    'one label alone (%s) is no group name',
    (key) => {
      const { identity } = who({ labels: { [key]: '0' } });
      expect(identity).toMatchObject({
        group: null,
        role: 'single',
        claims: [{ source: 'lws', complete: false, used: false }],
      });
    },
  );

  test('a size that no group has is not spelled out in names', () => {
    expect(who({ env: lws(1, 4_096) }).identity.nodes).toHaveLength(4_096);
    expect(who({ env: lws(1, 4_097) }).identity.nodes).toBeNull();
  });
});

describe('Grove', () => {
  const leader = 'app-0-decode-1-svc-ldr-0.app-0.ns.svc.cluster.local';
  const labels = { 'grove.io/pod-template-hash': 'h1' };

  test('in a scaling group counts workers from 1', () => {
    expect(who({ env: grove('svc-wkr', 1, 3), labels }).identity).toMatchObject({
      source: 'grove',
      role: 'worker',
      rank: 2,
      size: 3,
      leader: { host: leader, via: 'GROVE_HEADLESS_SERVICE' },
      group: 'app-0-decode-1',
      generation: 'h1',
      nodes: [
        leader,
        'app-0-decode-1-svc-wkr-0.app-0.ns.svc.cluster.local',
        'app-0-decode-1-svc-wkr-1.app-0.ns.svc.cluster.local',
      ],
    });
  });

  test('in a scaling group the leader clique is rank 0', () => {
    expect(who({ env: grove('svc-ldr', 0) }).identity).toMatchObject({
      role: 'leader',
      rank: 0,
      size: 2,
      leader: { host: leader },
    });
  });

  test('knows the names of its own examples, leader and worker', () => {
    expect(who({ env: grove('worker', 0) }).identity).toMatchObject({
      rank: 1,
      leader: { host: 'app-0-decode-1-leader-0.app-0.ns.svc.cluster.local' },
    });
  });

  test('tells the role from the host name where the clique is not given', () => {
    const { GROVE_PCLQ_NAME: _, ...env } = grove('', 0);
    expect(who({ env, facts: { hostname: 'app-0-decode-1-svc-wkr-0' } }).identity).toMatchObject({
      rank: 1,
      leader: { host: leader },
    });
  });

  test.each([
    ['a second pod in the leader clique has no rank', grove('svc-ldr', 1)],
    ['a clique that tells no role', grove('svc-gms', 0)],
    ['a clique of another scaling group', { ...grove('svc-wkr', 0), GROVE_PCSG_INDEX: '2' }],
    ['a clique that only begins alike', { ...grove('svc-wkr', 0), GROVE_PCLQ_NAME: 'app-0-decode-12-svc-wkr' }],
    ['no replica index', { ...grove('svc-wkr', 0), GROVE_PCSG_INDEX: '' }],
    ['no pod index', { ...grove('svc-wkr', 0), GROVE_PCLQ_POD_INDEX: '' }],
  ])('%s: the size proves a group, so it is refused', (_, env) => {
    const { identity, problems } = who({ env });
    expect(identity).toMatchObject({ role: null, source: null, size: 2, rank: null });
    expect(problems).toMatchObject([{ name: 'config', hint: expect.stringContaining('--node-rank R') }]);
  });

  test('without its headless service has no leader', () => {
    const { problems, identity } = who({ env: { ...grove('svc-wkr', 0), GROVE_HEADLESS_SERVICE: '' } });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --leader HOST[:PORT]' }]);
    expect(identity).toMatchObject({ rank: 1, size: 2, leader: null, nodes: null, group: 'app-0-decode-1' });
  });

  const alone = (index: string) => ({
    GROVE_PCLQ_NAME: 'app-0-agg',
    GROVE_PCLQ_POD_INDEX: index,
    GROVE_HEADLESS_SERVICE: 'app-0.ns.svc.cluster.local',
  });

  test.each(['0', '1'])(
    'a clique alone numbers pods that may be replicas: pod %s runs alone, with a warning',
    (index) => {
      const { identity, warnings, problems } = who({ env: alone(index) });
      expect(identity).toMatchObject({ source: null, role: 'single', rank: 0, size: 1, leader: null });
      expect(problems).toEqual([]);
      expect(warnings).toMatchObject([
        { code: 'identity-incomplete', message: expect.stringMatching(/^grove says rank \d, leader app-0-agg-0/) },
      ]);
      expect(identity.claims).toMatchObject([
        {
          source: 'grove',
          complete: false,
          used: false,
          why: expect.stringContaining('nothing proves that there is a second node'),
        },
      ]);
    },
  );

  test('a clique alone is a group once the user says how many', () => {
    expect(who({ env: alone('1'), options: { nnodes: 2 } })).toMatchObject({
      identity: {
        source: 'grove + options',
        role: 'worker',
        rank: 1,
        size: 2,
        leader: { host: 'app-0-agg-0.app-0.ns.svc.cluster.local', via: 'GROVE_PCLQ_NAME' },
      },
      warnings: [],
      problems: [],
    });
  });

  test('a clique alone without its service or name has no leader', () => {
    for (const missing of ['GROVE_HEADLESS_SERVICE', 'GROVE_PCLQ_NAME']) {
      const { problems } = who({ env: { ...alone('1'), [missing]: '' }, options: { nnodes: 2, 'node-rank': 1 } });
      expect(problems).toMatchObject([{ name: 'config', hint: 'give --leader HOST[:PORT]' }]);
    }
  });

  test('the podcliqueset name alone says nothing', () => {
    expect(who({ env: { GROVE_PCS_NAME: 'app', GROVE_HEADLESS_SERVICE: 'x' } }).identity.claims).toEqual([]);
  });
});

describe('Dynamo', () => {
  test('has no size: a leader that is not us proves a group, and is refused', () => {
    const { identity, problems } = who({ env: dynamo(1, 'a-0.svc.ns') });
    expect(problems).toEqual([
      {
        name: 'config',
        message:
          "cannot tell this node's place in its group: dynamo says rank 1 (DYNAMO_RANK=1 DYNAMO_LEADER_ADDRESS=a-0.svc.ns), but nothing says the size",
        hint: 'give --nnodes N',
      },
    ]);
    expect(identity).toMatchObject({
      source: null,
      role: null,
      rank: 1,
      size: null,
      leader: { host: 'a-0.svc.ns', port: 9441 },
    });
    expect(identity.claims).toMatchObject([
      { source: 'dynamo', complete: false, used: false, why: expect.stringContaining('nothing could be decided') },
    ]);
  });

  test('a rank of 0 at our own address proves nothing: this node runs alone, with a warning', () => {
    const { identity, warnings, problems } = who({ env: dynamo(0, 'n1.svc.ns') });
    expect([identity.role, problems]).toEqual(['single', []]);
    expect(warnings).toMatchObject([{ code: 'identity-incomplete' }]);
  });

  test('is completed by --nnodes', () => {
    expect(who({ env: dynamo(1, 'a-0.svc.ns'), options: { nnodes: 2 } }).identity).toMatchObject({
      source: 'dynamo + options',
      role: 'worker',
      rank: 1,
      size: 2,
    });
  });
});
