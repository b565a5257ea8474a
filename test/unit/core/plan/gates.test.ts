import { describe, expect, test } from 'vitest';

import {
  dynamoWorker,
  elastic,
  elasticAlone,
  elasticLeader,
  elasticWorker,
  gpus,
  leaderHost,
  leaderPlan,
  planFor,
  rayWorker,
  serve,
  workerPlan,
} from './plan-for.ts';

const gates = (plan: ReturnType<typeof planFor>) =>
  plan.document.gates.map(({ kind, target, deadlineMs }) => `${kind} ${target} ${deadlineMs / 1000}`);

const dns = `dns ${leaderHost} 600`;
const group = `group ${leaderHost}:9441 1800`;
const health = 'http http://127.0.0.1:8000/health 7200';
const etcd = 'service etcd://localhost:2379 600';
const system = ['live', 'health'].map((path) => `http http://127.0.0.1:9090/${path} 7200`);

describe('the gates, in the order in which they are passed', () => {
  test.each([
    ['a leader', () => leaderPlan(), [dns, group, health]],
    ['a worker', () => workerPlan(), [dns, group]],
    ['one node', () => planFor({}), [health]],
    ['replicas', () => leaderPlan({ words: serve() }), [health]],
    [
      'replicas tied together',
      () => workerPlan({ words: serve(), options: { fate: 'together' } }),
      [dns, group, health],
    ],
    ['mp without a group', () => leaderPlan({ options: { 'no-group': true } }), [dns, health]],
    ['a worker without a group', () => workerPlan({ options: { 'no-group': true } }), [dns]],
    ['mp apart', () => leaderPlan({ options: { fate: 'apart' } }), [dns, health]],
    ['a Dynamo leader', () => leaderPlan({ words: dynamoWorker('-tp', '16') }), [dns, etcd, group, ...system]],
    ['a Dynamo worker', () => workerPlan({ words: dynamoWorker('-tp', '16') }), [dns, group]],
    ['one Dynamo node', () => planFor({ words: dynamoWorker() }), [etcd, ...system]],
    ['a command', () => planFor({ words: ['x'] }), []],
    ['a headless engine', () => planFor({ words: serve('--headless') }), []],
    ['a node without its rank', () => planFor({ words: serve('-tp', '16'), env: { LWS_GROUP_SIZE: '2' } }), []],
  ])('%s', (_, plan, expected) => expect(gates(plan())).toEqual(expected));

  describe('of elastic-ep', () => {
    const answers = `ray-nodes ${leaderHost}:6379 600`;
    const words = [...dynamoWorker(), ...elastic('-dp', '2').slice(3)];
    const live = { DYN_SYSTEM_PORT: '8081', DYN_SYSTEM_LIVE_PATH: '/l' };
    const told = { 'no-group': true };
    test.each([
      ['with the link an agent hears of the engine', () => elasticWorker(), [dns, group, answers]],
      [
        'without it an agent would ask the engine of the leader',
        () => elasticWorker({ options: told }),
        [dns, `http http://${leaderHost}:8000/health 7200`, answers],
      ],
      [
        'at the port of its words',
        () => elasticWorker({ words: elastic('-dp', '2', '--port', '8001'), options: told }),
        [dns, `http http://${leaderHost}:8001/health 7200`, answers],
      ],
      [
        'or whether a Dynamo worker lives',
        () => elasticWorker({ words, env: live, options: told }),
        [dns, `http http://${leaderHost}:8081/l 7200`, answers],
      ],
      [
        'and nothing where that tells nothing',
        () => elasticWorker({ words, env: { DYN_SYSTEM_PORT: '-1' }, options: told }),
        [dns, answers],
      ],
      ['the leader asks its own engine alone', () => elasticLeader({ options: told }), [dns, answers, health]],
      ['one node too', () => elasticAlone({ options: told }), ['ray-nodes 127.0.0.1:6379 600', health]],
      ['other agents of Ray ask none', () => rayWorker({ options: told }), [dns, answers]],
      [
        'nor does a node without its rank',
        () =>
          planFor({ words: elastic(), env: { LWS_GROUP_SIZE: '2', LWS_LEADER_ADDRESS: leaderHost }, options: told }),
        [dns],
      ],
      [
        'nor one without its leader',
        () => planFor({ words: elastic(), env: { LWS_GROUP_SIZE: '2', LWS_WORKER_INDEX: '1' }, options: told }),
        [],
      ],
    ])('%s', (_, plan, expected) => expect(gates(plan())).toEqual(expected));
  });

  test('have the deadlines and the port of the options', () => {
    const options = { 'dns-timeout': 1000, 'group-timeout': 2000, 'startup-timeout': 3000, 'group-port': 9999 };
    expect(gates(leaderPlan({ options }))).toEqual([
      `dns ${leaderHost} 1`,
      `group ${leaderHost}:9999 2`,
      'http http://127.0.0.1:8000/health 3',
    ]);
  });

  test('show IPv6 addresses in brackets in front of a port', () => {
    const options = { nnodes: 2, 'node-rank': 0, leader: '[fd00::1]:9441' };
    expect(gates(planFor({ words: serve('-tp', '16', '--host', 'fd00::2'), options }))).toEqual([
      'dns fd00::1 600',
      'group [fd00::1]:9441 1800',
      'http http://[fd00::2]:8000/health 7200',
    ]);
  });
});

describe('how ready is told', () => {
  const local = { host: '127.0.0.1', port: 8000, path: '/health' };

  test.each([
    [[], local],
    [['--port', '9000'], { ...local, port: 9000 }],
    [['--host', '10.0.0.5'], { ...local, host: '10.0.0.5' }],
    [['--host', '0.0.0.0'], local],
    [['--host', '::'], local],
    [['--host='], local],
  ])('of vllm serve %j', (words, target) => expect(planFor({ words: serve(...words) }).readiness).toEqual([target]));

  test('of a command that --engine explains', () => {
    expect(planFor({ words: ['my-server', '--port', '9000'], options: { engine: 'vllm' } }).readiness).toEqual([
      { ...local, port: 9000 },
    ]);
  });

  test.each([
    [{}, 9090, '/live', '/health'],
    [{ DYN_SYSTEM_PORT: '8081' }, 8081, '/live', '/health'],
    [{ DYN_SYSTEM_LIVE_PATH: '/l', DYN_SYSTEM_HEALTH_PATH: '/h' }, 9090, '/l', '/h'],
  ])('of Dynamo with %j', (env, port, ...paths) => {
    expect(planFor({ words: dynamoWorker(), env }).readiness).toEqual(
      paths.map((path) => ({ host: '127.0.0.1', port, path })),
    );
  });
});

describe('the port of the system server of Dynamo', () => {
  test.each(['-1', '0', '-0'])('%s: there is none to ask, and a warning says so', (port) => {
    const { document, readiness, problems } = planFor({ words: dynamoWorker(), env: { DYN_SYSTEM_PORT: port } });
    expect([document.ports.system, readiness, problems]).toEqual([null, [], []]);
    expect(document.warnings).toContainEqual({
      code: 'readiness-unknown',
      message: `DYN_SYSTEM_PORT is ${Number(port)}, so nothing tells when the engine is ready: it counts as ready once it runs`,
    });
  });

  test.each(['32768', '40000', '-32768', 'auto', '9090 ', '90.5', '1e3', '9999999'])('%j is refused', (port) => {
    const { document } = planFor({ words: dynamoWorker(), env: { DYN_SYSTEM_PORT: port } });
    expect(document.errors).toEqual([
      {
        code: 78,
        name: 'config',
        message: `cannot use DYN_SYSTEM_PORT "${port}" of the environment: Dynamo takes 1 to 32767, 0 for any port and -1 for none`,
        hint: 'correct DYN_SYSTEM_PORT, or leave it to vllm-launch',
      },
    ]);
    expect(document.ports.system).toBeNull();
  });

  test.each(['1', '32767', '09090'])('%s is used', (port) => {
    const { document, problems } = planFor({ words: dynamoWorker(), env: { DYN_SYSTEM_PORT: port } });
    expect([document.ports.system, problems, document.warnings.map(({ code }) => code)]).toEqual([
      Number(port),
      [],
      ['drops-requests'],
    ]);
  });

  test('is nothing to an engine that is not Dynamo', () => {
    expect(planFor({ env: { DYN_SYSTEM_PORT: 'x' } }).problems).toEqual([]);
  });
});

describe('the ports of a launch; null is one that is not used', () => {
  const none = { status: 9440, group: null, master: null, rpc: null, engine: null, system: null, ray: null };

  test.each([
    ['one node', () => planFor({}), { ...none, engine: 8000 }],
    ['one node elsewhere', () => planFor({ words: serve('--port', '1') }), { ...none, engine: 1 }],
    ['a leader', () => leaderPlan(), { ...none, group: 9441, master: 29_500, engine: 8000 }],
    ['a worker', () => workerPlan(), { ...none, group: 9441, master: 29_500 }],
    ['replicas', () => leaderPlan({ words: serve() }), { ...none, engine: 8000 }],
    ['Dynamo', () => planFor({ words: dynamoWorker() }), { ...none, system: 9090 }],
    [
      'a Dynamo worker',
      () => workerPlan({ words: dynamoWorker('-tp', '16') }),
      { ...none, group: 9441, master: 29_500 },
    ],
    ['a command', () => planFor({ words: ['x'] }), none],
    ['no status', () => planFor({ words: ['x'], options: { 'status-port': 0 } }), { ...none, status: null }],
    [
      'all by option',
      () => leaderPlan({ options: { 'status-port': 1, 'group-port': 2, 'master-port': 3 } }),
      { ...none, status: 1, group: 2, master: 3, engine: 8000 },
    ],
  ])('%s', (_, plan, ports) => expect(plan().document.ports).toEqual(ports));
});

describe('members stop', () => {
  const spread = (...words: readonly string[]) => leaderPlan({ words: serve('-dp', '16', ...words) });
  test.each([
    ['mp', () => leaderPlan(), 'together'],
    ['ray', () => leaderPlan({ options: { executor: 'ray' } }), 'together'],
    ['replicas', () => leaderPlan({ words: serve() }), 'apart'],
    ['data-parallel', () => spread(), 'apart'],
    ['data-parallel of experts', () => spread('--enable-expert-parallel'), 'together'],
    ['mp apart by option', () => leaderPlan({ options: { fate: 'apart' } }), 'apart'],
    ['replicas together by option', () => leaderPlan({ words: serve(), options: { fate: 'together' } }), 'together'],
    ['one node', () => planFor({ options: { fate: 'together' } }), 'alone'],
    ['one node by option', () => leaderPlan({ options: { outcome: 'single', fate: 'together' } }), 'alone'],
    ['without a group', () => leaderPlan({ options: { 'no-group': true, fate: 'together' } }), 'alone'],
    ['a size not known', () => planFor({ env: { LWS_WORKER_INDEX: '1' } }), 'alone'],
    ['a node of a group', () => leaderPlan({ facts: { gpus: gpus(0) } }), 'together'],
  ])('%s: %s', (_, plan, fate) => expect(plan().fate).toBe(fate));
});
