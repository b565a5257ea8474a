import { describe, expect, test } from 'vitest';

import type { RayPlan } from '#core/plan/plan.ts';
import { unfilled } from '#core/plan/node-env.ts';

import {
  argvOf,
  drain,
  dynamoWorker,
  elasticAlone,
  elasticLeader,
  elasticWorker,
  gpus,
  leaderHost,
  leaderPlan,
  planFor,
  processOf,
  rayFacts,
  rayLeader,
  rayWorker,
  serve,
  version,
} from './plan-for.ts';

const route = { leader: '10.0.0.1', address: '10.0.0.2', interface: 'eth0' };
const ports = [
  '--node-manager-port=6380',
  '--object-manager-port=6381',
  '--runtime-env-agent-port=6382',
  '--dashboard-agent-grpc-port=6383',
  '--dashboard-agent-listen-port=6384',
  '--metrics-export-port=6385',
  '--min-worker-port=10002',
  '--max-worker-port=19999',
];
const size = ['--num-gpus=8', '--object-store-memory=100000000', '--temp-dir={ray-folder}'];
const names = ({ document }: ReturnType<typeof planFor>) => document.processes.map(({ name, after }) => [name, after]);

describe('one engine on Ray over two nodes', () => {
  test('runs a head and the command on the leader', () => {
    const plan = rayLeader({ facts: { route } });
    expect(plan.problems).toEqual([]);
    expect(names(plan)).toEqual([
      ['ray-head', []],
      ['engine', ['ray-head']],
    ]);
    expect(processOf(plan, 'ray-head')?.argv).toEqual([
      ...['ray', 'start', '--head', '--block', '--disable-usage-stats', '--include-dashboard=false'],
      ...['--node-ip-address=10.0.0.2', '--port=6379', ...size, ...ports],
    ]);
    expect(argvOf(plan)).toEqual([...serve('-tp', '16'), ...drain, '--distributed-executor-backend', 'ray']);
  });

  test('runs an agent alone on a worker', () => {
    const plan = rayWorker({ facts: { route } });
    expect([plan.problems, names(plan)]).toEqual([[], [['ray-agent', []]]]);
    expect(processOf(plan, 'ray-agent')?.argv).toEqual([
      ...['ray', 'start', `--address=${leaderHost}:6379`, '--block', '--disable-usage-stats'],
      ...['--node-ip-address=10.0.0.2', ...size, ...ports],
    ]);
  });

  test.each([
    ['the leader', () => rayLeader(), 'ray-head'],
    ['a worker', () => rayWorker(), 'ray-agent'],
  ] as const)('leaves the address of %s open where the name of the leader has not been resolved', (_, plan, name) => {
    const spec = processOf(plan(), name);
    expect(spec?.argv).toContain('--node-ip-address={node-address}');
    expect(spec === null ? [] : unfilled(spec)).toEqual(['{node-address}', '{ray-folder}']);
  });

  test('has the address of vLLM, which the user may have chosen', () => {
    const plan = rayLeader({ env: { VLLM_HOST_IP: '10.9.9.9' }, facts: { route } });
    expect(processOf(plan, 'ray-head')?.argv).toContain('--node-ip-address=10.9.9.9');
  });

  test('starts the ray that was found', () => {
    const rayProgram = { found: true, word: '/opt/venv/bin/ray', path: '/opt/venv/bin/ray' } as const;
    expect(processOf(rayLeader({ facts: { rayProgram } }), 'ray-head')?.argv[0]).toBe('/opt/venv/bin/ray');
    expect(processOf(rayLeader({ facts: { rayProgram: null } }), 'ray-head')?.argv[0]).toBe('ray');
  });

  test('names the port of the client server where there is one', () => {
    expect(processOf(rayLeader({ facts: { rayClient: true } }), 'ray-head')?.argv).toContain(
      '--ray-client-server-port=6386',
    );
    expect(processOf(rayWorker({ facts: { rayClient: true } }), 'ray-agent')?.argv.join(' ')).not.toContain('client');
  });

  test('has its port by option on both', () => {
    const options = { 'ray-port': 7000 };
    const [leader, worker] = [rayLeader({ options }), rayWorker({ options })];
    expect(processOf(leader, 'ray-head')?.argv).toContain('--port=7000');
    expect(processOf(worker, 'ray-agent')?.argv).toContain(`--address=${leaderHost}:7000`);
    expect([leader, worker].map(({ document }) => document.ports.ray)).toEqual([7000, 7000]);
  });

  test('reaches a leader of IPv6 in brackets', () => {
    const options = { nnodes: 2, 'node-rank': 1, leader: '[fd00::1]:9441', executor: 'ray' } as const;
    const plan = planFor({ words: serve('-tp', '16'), options });
    expect(processOf(plan, 'ray-agent')?.argv).toContain('--address=[fd00::1]:6379');
    expect(plan.document.gates).toContainEqual({ kind: 'ray-nodes', target: '[fd00::1]:6379', deadlineMs: 600_000 });
  });

  test('runs the rehearsal engine on real Ray', () => {
    const facts = { rehearsalProgram: ['node', 'r.js'], vllm: null, ray: null };
    const plan = rayLeader({ options: { rehearse: true }, facts });
    expect(plan.problems).toEqual([]);
    expect(processOf(plan, 'ray-head')?.argv[0]).toBe('ray');
    expect(argvOf(plan)?.slice(0, 3)).toEqual(['node', 'r.js', 'serve']);
    expect(argvOf(plan)?.slice(-2)).toEqual(['--distributed-executor-backend', 'ray']);
  });
});

describe('elastic expert parallelism', () => {
  test.each([
    ['on one node', () => elasticAlone()],
    ['on the leader', () => elasticLeader()],
  ])('%s runs a head and the command, untouched', (_, planOf) => {
    const plan = planOf();
    expect(plan.problems).toEqual([]);
    expect(names(plan)).toEqual([
      ['ray-head', []],
      ['engine', ['ray-head']],
    ]);
    expect(argvOf(plan)).toEqual(plan.document.engine.command);
    expect(plan.document.warnings.map(({ code }) => code)).toEqual(['ray-open', 'drops-requests']);
  });

  test('runs an agent alone on a worker', () => {
    const plan = elasticWorker();
    expect([plan.problems, names(plan)]).toEqual([[], [['ray-agent', []]]]);
  });

  test.each([
    ['the first outer address of IPv4', ['fd00::5', '10.0.0.5', '10.0.0.6'], '10.0.0.5', 'e1'],
    ['an outer address', ['fd00::5'], 'fd00::5', 'e0'],
    ['none of a single link', ['fe80::5', 'fd00::5'], 'fd00::5', 'e1'],
    ['the loopback where there is none', [], '127.0.0.1', undefined],
  ])('alone takes %s', (_, addresses, own, name) => {
    const outer = addresses.map((address, at) => ({ name: `e${at}`, address, internal: false }));
    const interfaces = [{ name: 'lo', address: '127.0.0.1', internal: true }, ...outer];
    const plan = elasticAlone({ facts: { interfaces, route: { leader: '', address: '127.0.0.1', interface: 'lo' } } });
    expect(plan.ray?.host).toBe(own);
    expect(processOf(plan, 'ray-head')?.argv).toContain(`--node-ip-address=${own}`);
    expect(processOf(plan, 'engine')?.env.set).toMatchObject({
      VLLM_HOST_IP: own,
      VLLM_DP_MASTER_IP: own,
      NCCL_SOCKET_IFNAME: name ?? null,
    });
  });

  test('warns where the engine cannot start on the leader alone', () => {
    const message =
      'the engine asks for 16 GPUs and the leader has 8: other nodes join only once it is ready, so start with fewer --data-parallel-size and scale up';
    const words = [...elasticLeader().document.engine.command, '-dp', '16'];
    expect(elasticLeader({ words }).document.warnings).toContainEqual({ code: 'elastic-start', message });
    expect(elasticLeader({ words }).problems).toEqual([]);
    const fits = elasticLeader({ words: [...words, '-dp', '8'] }).document.warnings;
    expect(fits.map(({ code }) => code)).not.toContain('elastic-start');
  });
});

describe('what run needs of Ray', () => {
  const head: RayPlan = {
    role: 'head',
    host: leaderHost,
    port: 6379,
    address: null,
    nodes: 2,
    gpusPerNode: 8,
    temp: '/tmp',
    joins: 'at-once',
    version: '2.60.0',
  };
  const elastic = { nodes: 1, joins: 'when-leader-ready' } as const;
  const incomplete = (env: Record<string, string>) =>
    planFor({ words: serve('-tp', '16'), env, facts: rayFacts, options: { executor: 'ray' } });

  test.each([
    ['a head', () => rayLeader(), head],
    ['an agent', () => rayWorker(), { ...head, role: 'agent' }],
    ['a head of elastic-ep', () => elasticLeader(), { ...head, ...elastic }],
    ['an agent of elastic-ep', () => elasticWorker(), { ...head, ...elastic, role: 'agent' }],
    ['one node', () => elasticAlone(), { ...head, ...elastic, host: '127.0.0.1', address: '127.0.0.1' }],
    ['a folder of the user', () => rayLeader({ env: { RAY_TMPDIR: '/scratch//' } }), { ...head, temp: '/scratch' }],
    [
      'an address of the user',
      () => rayLeader({ env: { VLLM_HOST_IP: '10.9.9.9' } }),
      { ...head, address: '10.9.9.9' },
    ],
    ['another port', () => rayLeader({ options: { 'ray-port': 7000 } }), { ...head, port: 7000 }],
    [
      'fewer GPUs',
      () => rayLeader({ words: serve('-tp', '4'), facts: { gpus: gpus(2) } }),
      { ...head, gpusPerNode: 2 },
    ],
    [
      'another version',
      () => rayWorker({ facts: { ray: version('2.48.0', 'ray') } }),
      { ...head, role: 'agent', version: '2.48.0' },
    ],
    ['a version not known', () => rayLeader({ facts: { vllm: null, ray: null } }), { ...head, version: null }],
  ] as const)('%s', (_, plan, ray) => expect(plan().ray).toEqual(ray));

  test.each([
    ['mp', () => leaderPlan({ facts: { ray: version('2.60.0', 'ray') } })],
    ['one node', () => planFor({})],
    ['replicas', () => leaderPlan({ words: serve() })],
    ['a node without its rank', () => incomplete({ LWS_GROUP_SIZE: '2', LWS_LEADER_ADDRESS: 'a.b' })],
    ['a node without its leader', () => incomplete({ LWS_GROUP_SIZE: '2', LWS_WORKER_INDEX: '1' })],
    ['a node without both', () => incomplete({ LWS_GROUP_SIZE: '2' })],
    ['GPUs not known', () => elasticAlone({ facts: { gpus: null } })],
    ['no GPUs', () => elasticAlone({ facts: { gpus: gpus(0) } })],
  ])('is nothing for %s', (_, plan) => expect([plan().ray, plan().document.ports.ray]).toEqual([null, null]));
});

test('a Dynamo worker on Ray says that it is ready on the leader alone', () => {
  const words = dynamoWorker('-tp', '16');
  expect(rayLeader({ words }).readiness.map(({ path }) => path)).toEqual(['/live', '/health']);
  expect(rayWorker({ words }).readiness).toEqual([]);
  expect(rayWorker().readiness).toEqual([]);
  expect(elasticWorker().readiness).toEqual([]);
  expect(elasticAlone().readiness).toHaveLength(1);
});
