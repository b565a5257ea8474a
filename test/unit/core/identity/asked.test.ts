import { describe, expect, test } from 'vitest';

import { isAsked, sources } from '#core/identity/sources/table.ts';
import { optionTable } from '#core/options.ts';
import { askedSources } from '#core/source-names.ts';

import { aibrix, kServe, kubeRay, pyTorchJob, skyPilot, volcano } from './environments.ts';
import { lws, who } from './who.ts';

test('those that are asked are host systems of the table, in its order', () => {
  const names = sources.filter(({ name }) => isAsked(name)).map(({ name, voice }) => [name, voice]);
  expect(names).toEqual(askedSources.map((name) => [name, 'host']));
});

test('help names every one of them', () => {
  expect(optionTable['trust-source'].describe).toContain(`: ${askedSources.join(', ')}`);
});

const places = [
  ['pytorchjob', pyTorchJob(1, 2), 1, 2, 'pj-master-0', 'MASTER_ADDR', null, null, null],
  [
    'volcano',
    volcano(1, 'v-worker-0.v,v-worker-1.v'),
    1,
    2,
    'v-worker-0.v',
    'VC_WORKER_HOSTS',
    null,
    null,
    ['v-worker-0.v', 'v-worker-1.v'],
  ],
  [
    'aibrix',
    aibrix(1, 2),
    1,
    2,
    'llm-roleset-a-decode-5f-0-0.llm',
    'PODSET_NAME and STORM_SERVICE_NAME',
    'llm-roleset-a-decode-5f-0',
    '5f',
    ['llm-roleset-a-decode-5f-0-0.llm', 'llm-roleset-a-decode-5f-0-1.llm'],
  ],
  [
    'skypilot',
    skyPilot(1),
    1,
    2,
    '10.0.0.1',
    'SKYPILOT_NODE_IPS',
    'sky-2026-10-01-12-00-00-000000_vllm_1',
    null,
    ['10.0.0.1', '10.0.0.2'],
  ],
] as const;

describe.each(places)('%s', (name, env, rank, size, host, via, group, generation, nodes) => {
  test('informs: one node, with a warning that says how to trust it', () => {
    const { identity, problems, warnings } = who({ env });
    expect(problems).toEqual([]);
    expect(identity).toMatchObject({ source: null, role: 'single', size: 1, group: null, generation: null });
    expect(warnings).toEqual([
      {
        code: 'source-not-trusted',
        message: expect.stringMatching(
          new RegExp(
            `^${name} says rank ${rank}, size ${size}, leader ${host} \\(.*\\), but it decides only with --trust-source ${name}: this node runs alone$`,
          ),
        ),
      },
    ]);
    expect(identity.claims).toMatchObject([{ source: name, complete: true, used: false }]);
    expect(identity.claims[0]?.why).toMatch(
      new RegExp(`^says rank ${rank}, size ${size}, leader ${host}; it decides only with --trust-source ${name} \\(`),
    );
  });

  test('decides where it is trusted', () => {
    const { identity, problems, warnings } = who({ env, options: { 'trust-source': [name] } });
    expect([problems, warnings]).toEqual([[], []]);
    expect(identity).toMatchObject({ source: name, role: 'worker', rank, size, leader: { host, port: 9441, via } });
    expect([identity.group, identity.generation, identity.nodes]).toEqual([group, generation, nodes]);
  });

  test('does not decide where another one is trusted', () => {
    const other = askedSources.filter((each) => each !== name);
    expect(who({ env, options: { 'trust-source': other } }).identity.source).toBeNull();
  });

  test('neither contradicts nor completes one that decides, and its group is not ours', () => {
    const { identity, problems, warnings } = who({ env: { ...lws(0, 3), ...env } });
    expect([identity.source, identity.rank, identity.group, problems, warnings]).toEqual(['lws', 0, null, [], []]);
    expect(identity.claims.find(({ source }) => source === name)?.why).toMatch(
      new RegExp(
        `^lws decides; differs: rank ${rank}, size ${size}, leader ${host}; it decides only with --trust-source ${name}`,
      ),
    );
  });

  test('contradicts one that decides where it is trusted', () => {
    const { problems } = who({ env: { ...lws(0, 3), ...env }, options: { 'trust-source': [name] } });
    expect(problems).toMatchObject([
      { name: 'config', message: expect.stringContaining(`but ${name} says rank ${rank}`) },
    ]);
  });

  test('is named where it could give what is missing', () => {
    expect(who({ env, options: { nnodes: size } }).problems).toMatchObject([
      { hint: `give --node-rank R and --leader HOST[:PORT], or --trust-source ${name}` },
    ]);
  });

  test('what is malformed in it blocks only where it is trusted', () => {
    const broken = Object.fromEntries(
      Object.entries(env).map(([key, value]) => [key, value === String(rank) ? '-1' : value]),
    );
    expect(who({ env: broken })).toMatchObject({ identity: { role: 'single' }, problems: [] });
    expect(who({ env: broken }).identity.claims[0]?.why).toContain('cannot use the rank "-1"');
    expect(who({ env: broken, options: { 'trust-source': [name] } }).problems).toMatchObject([{ name: 'config' }]);
  });
});

test('several are trusted at once, and have to agree', () => {
  const both = { 'trust-source': ['volcano', 'pytorchjob'] };
  const env = { ...pyTorchJob(1, 2), ...volcano(1, 'pj-master-0,pj-worker-0') };
  expect(who({ env, options: both })).toMatchObject({ identity: { source: 'pytorchjob', rank: 1 }, problems: [] });
  expect(who({ env: { ...env, VC_TASK_INDEX: '0' }, options: both }).problems).toMatchObject([{ name: 'config' }]);
});

describe('Volcano', () => {
  const trusted = { 'trust-source': ['volcano'] };
  const row = (env: Readonly<Record<string, string>>) => who({ env, options: trusted }).identity.claims[0];

  test('numbers within a task: of two tasks there is no place', () => {
    const env = { ...volcano(0, 'a,b'), VC_MASTER_NUM: '1', VC_MASTER_HOSTS: 'm' };
    expect(row(env)?.why).toContain(
      'says no rank, size or leader; nothing proves that there is a second node; the index counts within one task, and 2 are known',
    );
    expect(row({ VC_TASK_INDEX: '0' })).toMatchObject({
      source: 'volcano',
      why: expect.stringContaining('and 0 are known (VC_TASK_INDEX=0)'),
    });
  });

  test('has an old name for the index', () => {
    const { VC_TASK_INDEX: _, ...env } = volcano(1, 'a,b');
    expect(who({ env, options: trusted, labels: { 'volcano.sh/job-name': 'j' } }).identity).toMatchObject({
      rank: 1,
      group: 'j',
    });
    expect(who({ env: { VC_WORKER_NUM: '2', VC_WORKER_HOSTS: 'a,b' } }).identity.claims).toEqual([]);
  });

  test('without its hosts has no leader, and hosts that are none are no members', () => {
    const none = who({ env: { ...volcano(1, 'a,b'), VC_WORKER_HOSTS: '' }, options: trusted });
    expect(none.problems).toMatchObject([{ hint: 'give --leader HOST[:PORT]' }]);
    expect(who({ env: volcano(0, 'a,b*'), options: trusted }).identity.nodes).toBeNull();
    expect(who({ env: { ...volcano(0, 'a,b'), VC_WORKER_HOSTS: ' a , b ' }, options: trusted }).identity.nodes).toEqual(
      ['a', 'b'],
    );
    expect(who({ env: volcano(0, 'a*,b'), options: trusted }).problems).toEqual([
      {
        name: 'config',
        message: 'cannot use the leader "a*" of VC_WORKER_HOSTS: it is no host name or address',
        hint: 'correct VC_WORKER_HOSTS',
      },
    ]);
  });
});

describe('KubeRay', () => {
  const options = { 'trust-source': ['kuberay'], nnodes: 2 };

  test('knows its head and no rank', () => {
    expect(who({ env: kubeRay }).warnings).toMatchObject([{ code: 'source-not-trusted' }]);
    const { identity, problems } = who({ env: kubeRay, options });
    expect(problems).toMatchObject([{ hint: 'give --node-rank R' }]);
    expect(identity.claims[1]?.why).toContain(
      'says leader rc-head-svc.ns.svc.cluster.local; nothing could be decided; a rank is not in the pod (RAY_CLUSTER_NAME=rc',
    );
    expect(who({ env: kubeRay, options: { ...options, 'node-rank': 1 } }).identity).toMatchObject({
      source: 'options + kuberay',
      group: 'rc',
    });
  });

  test('in a multi-host replica has a rank among its hosts, where the head does not lead', () => {
    const situation = { env: kubeRay, labels: { 'ray.io/replica-host-index': '1' } };
    const { problems, identity } = who({ ...situation, options });
    expect(problems).toMatchObject([{ hint: 'give --leader HOST[:PORT]' }]);
    expect(identity.claims[1]?.why).toContain(
      'the index counts the hosts of a replica, and the head is none of them: give --nnodes and --leader',
    );
    expect(identity.claims[1]?.why).toContain(' label replica-host-index=1)');
    expect(who({ ...situation, options: { ...options, leader: 'h0' } }).identity).toMatchObject({ rank: 1, size: 2 });
  });

  test.each([{ RAY_CLUSTER_NAME: 'rc' }, { RAY_NODE_TYPE_NAME: 'headgroup' }])(
    '%j is a sign of it, without a word',
    (env) => {
      const { identity, warnings } = who({ env });
      expect([identity.claims.length, warnings]).toEqual([1, []]);
      expect(who({ env: { FQ_RAY_IP: 'x' } }).identity.claims).toEqual([]);
    },
  );
});

test('a source that could give only a part of what is missing is not named', () => {
  expect(who({ env: kServe, options: { nnodes: 2 } }).problems).toMatchObject([
    { hint: 'give --node-rank R and --leader HOST[:PORT]' },
  ]);
});

describe('KServe', () => {
  test('knows size and head, and no rank', () => {
    const options = { 'trust-source': ['kserve'] };
    const { identity, problems } = who({ env: kServe, options });
    expect(problems).toMatchObject([{ hint: 'give --node-rank R' }]);
    expect(identity.claims[0]?.why).toContain('nothing could be decided; a rank is not in the pod (HEAD_SVC=');
    expect(who({ env: kServe, options: { ...options, 'node-rank': 1 } }).identity).toMatchObject({
      source: 'options + kserve',
      size: 2,
      leader: { host: 'llama-head-1.ns.svc.cluster.local', via: 'HEAD_SVC' },
      group: 'llama',
    });
  });

  test('without its namespace has no leader, without its head is none', () => {
    const options = { 'trust-source': ['kserve'], 'node-rank': 1 };
    expect(who({ env: { ...kServe, POD_NAMESPACE: '' }, options }).problems).toMatchObject([
      { hint: 'give --leader HOST[:PORT]' },
    ]);
    expect(who({ env: { ...kServe, HEAD_SVC: '' } }).identity.claims).toEqual([]);
  });
});

describe('others that are half there', () => {
  test('AIBrix without its Service has no leader and no members; without its PodSet it is none', () => {
    const options = { 'trust-source': ['aibrix'] };
    const { problems, identity } = who({ env: { ...aibrix(1, 2), STORM_SERVICE_NAME: '' }, options });
    expect([problems[0]?.hint, identity.nodes]).toEqual(['give --leader HOST[:PORT]', null]);
    expect(who({ env: { ...aibrix(1, 2), PODSET_NAME: '' } }).identity.claims).toEqual([]);
  });

  test.each(['SKYPILOT_NODE_RANK', 'SKYPILOT_NUM_NODES', 'SKYPILOT_NODE_IPS'] as const)(
    'SkyPilot by %s alone',
    (name) => {
      const env = { [name]: skyPilot(1)[name] ?? '' };
      expect(who({ env }).identity.claims).toMatchObject([{ source: 'skypilot', complete: false }]);
    },
  );

  test('SkyPilot addresses are one a line, whatever the line ends with; without them there is no leader', () => {
    const options = { 'trust-source': ['skypilot'] };
    const env = { ...skyPilot(1), SKYPILOT_NODE_IPS: '10.0.0.1\r\n10.0.0.2\n' };
    expect(who({ env, options }).identity.nodes).toEqual(['10.0.0.1', '10.0.0.2']);
    expect(who({ env: { ...env, SKYPILOT_NODE_IPS: '' }, options })).toMatchObject({
      identity: { leader: null, nodes: null },
      problems: [{ hint: 'give --leader HOST[:PORT]' }],
    });
  });

  test('SkyPilot addresses that are none are no members', () => {
    const env = { ...skyPilot(1), SKYPILOT_NODE_IPS: ' 10.0.0.1\n?' };
    const { identity } = who({ env, options: { 'trust-source': ['skypilot'] } });
    expect([identity.leader?.host, identity.nodes]).toEqual(['10.0.0.1', null]);
  });

  test.each([{ PET_NODE_RANK: '' }, { PET_NNODES: '' }])('a PyTorchJob without %j is still one', (left) => {
    expect(who({ env: { ...pyTorchJob(1, 2), ...left } }).identity.claims).toMatchObject([{ source: 'pytorchjob' }]);
  });

  test.each([{ RANK: '' }, { WORLD_SIZE: '' }])('without %j its PET_ variables are torchrun', (left) => {
    expect(who({ env: { ...pyTorchJob(1, 2), ...left } }).identity).toMatchObject({ source: 'torchrun', rank: 1 });
  });
});
