import { describe, expect, test } from 'vitest';

import { secret } from '#core/secret.ts';

import type { Launch } from './plan-for.ts';
import {
  dynamoWorker,
  elasticAlone,
  elasticLeader,
  elasticWorker,
  leaderPlan,
  planFor,
  processOf,
  rayLeader,
  rayWorker,
} from './plan-for.ts';

const route = { leader: '10.0.0.1', address: '10.0.0.2', interface: 'eth0' };
const facts = { route } as const;
const own = {
  VLLM_HOST_IP: '10.0.0.2',
  VLLM_NIXL_SIDE_CHANNEL_HOST: '10.0.0.2',
  NCCL_SOCKET_IFNAME: 'eth0',
  GLOO_SOCKET_IFNAME: 'eth0',
  TP_SOCKET_IFNAME: 'eth0',
};
const ray = {
  RAY_USAGE_STATS_ENABLED: '0',
  RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S: '0',
  RAY_process_group_cleanup_enabled: '0',
  RAY_kill_child_processes_on_worker_exit: '0',
  RAY_AUTH_MODE: 'disabled',
};
const metrics = { AUTOSCALER_METRIC_PORT: '6387', DASHBOARD_METRIC_PORT: '6388' };
const engine = { VLLM_ENGINE_READY_TIMEOUT_S: '7200', RAY_ADDRESS: '10.0.0.2:6379' };
const names = ['ray-head', 'ray-agent', 'engine'] as const;
const sets = (plan: ReturnType<typeof planFor>) =>
  names.map((name) => processOf(plan, name)?.env.set).filter((set) => set !== undefined);

describe('the variables of a Ray cluster', () => {
  test('are the same on head and engine, and the engine is told where its Ray is', () => {
    expect(sets(rayLeader({ facts }))).toEqual([
      { ...own, ...ray, ...metrics },
      { ...own, ...ray, ...engine },
    ]);
  });

  test('are the same on an agent, whose environment the ranks of vLLM have there', () => {
    expect(sets(rayWorker({ facts }))).toEqual([{ ...own, ...ray }]);
  });

  test('name the first rank of elastic-ep on the leader', () => {
    const first = { VLLM_DP_MASTER_IP: '10.0.0.2' };
    expect(sets(elasticLeader({ facts }))).toEqual([
      { ...own, ...ray, ...first, ...metrics },
      { ...own, ...ray, ...first, ...engine },
    ]);
    expect(sets(elasticWorker({ facts }))).toEqual([{ ...own, ...ray }]);
    expect(processOf(elasticAlone(), 'engine')?.env.set).toMatchObject({ VLLM_DP_MASTER_IP: '127.0.0.1' });
  });

  test('wait for the address of this node where the name of the leader has not been resolved', () => {
    expect(processOf(rayLeader(), 'engine')?.env.set).toMatchObject({
      VLLM_HOST_IP: null,
      NCCL_SOCKET_IFNAME: null,
      RAY_ADDRESS: '{node-address}:6379',
    });
    expect(processOf(rayWorker(), 'ray-agent')?.env.set).toMatchObject({ VLLM_HOST_IP: null });
    expect(processOf(elasticLeader(), 'ray-head')?.env.set).toMatchObject({ VLLM_DP_MASTER_IP: null });
  });

  test.each([...Object.keys(own), ...Object.keys(ray), ...Object.keys(metrics)])('leave %s to the user', (name) => {
    for (const plan of [rayLeader, rayWorker])
      for (const { env } of plan({ env: { [name]: '1' }, facts }).document.processes)
        expect(Object.hasOwn(env.set, name)).toBe(false);
  });

  test('follow the address that the user gave vLLM, with the interface that has it', () => {
    const interfaces = [{ name: 'ib0', address: '10.9.9.9', internal: false }];
    const env = { VLLM_HOST_IP: '10.9.9.9' };
    expect(processOf(rayLeader({ env, facts: { ...facts, interfaces } }), 'engine')?.env.set).toMatchObject({
      RAY_ADDRESS: '10.9.9.9:6379',
      NCCL_SOCKET_IFNAME: 'ib0',
    });
    const set = { NCCL_SOCKET_IFNAME: 'eth0' };
    expect(processOf(rayLeader({ env, facts }), 'engine')?.env.set).toMatchObject(set);
    expect(processOf(rayLeader({ env }), 'engine')?.env.set).toMatchObject({ NCCL_SOCKET_IFNAME: null });
  });

  test('have the address of IPv6 in brackets in front of the port', () => {
    const plan = rayLeader({ facts: { route: { ...route, address: 'fd00::2' } }, options: { 'ray-port': 7000 } });
    expect(processOf(plan, 'engine')?.env.set).toMatchObject({ RAY_ADDRESS: '[fd00::2]:7000' });
    expect(processOf(plan, 'ray-head')?.argv).toContain('--node-ip-address=fd00::2');
    expect(processOf(plan, 'ray-head')?.env.set).toMatchObject({
      VLLM_HOST_IP: 'fd00::2',
      AUTOSCALER_METRIC_PORT: '7008',
      DASHBOARD_METRIC_PORT: '7009',
    });
  });

  test('are none without Ray', () => {
    for (const plan of [leaderPlan(), planFor({})])
      expect(JSON.stringify(plan.document.processes)).not.toContain('RAY_');
  });

  test('of Dynamo and of a rehearsal reach the engine alone', () => {
    const options = { rehearse: true, 'rehearsal-fault': ['0:die'] };
    const plan = rayLeader({ words: dynamoWorker('-tp', '16'), options });
    expect(processOf(plan, 'engine')?.env.set).toMatchObject({ DYN_SYSTEM_PORT: '9090', REHEARSAL_FAULT: 'die' });
    const head = Object.keys(processOf(plan, 'ray-head')?.env.set ?? {});
    expect(head.filter((name) => /^(DYN|REHEARSAL)/.test(name))).toEqual([]);
  });
});

describe('what no process may see', () => {
  const env = { VLLM_PORT: 'tcp://10.0.0.1:80', RAY_TMPDIR: '/scratch' };

  test.each([
    ['a leader', () => rayLeader({ env }), 2],
    ['a worker', () => rayWorker({ env }), 1],
    ['elastic-ep', () => elasticAlone({ env }), 2],
  ])('is taken out on %s', (_, plan, count) => {
    expect(plan().document.processes.map(({ env: { unset } }) => unset)).toEqual(
      Array.from({ length: count }, () => ['VLLM_PORT', 'RAY_TMPDIR']),
    );
  });

  test('is nothing where the user set neither, nor without Ray', () => {
    expect(rayLeader().document.processes.flatMap(({ env: { unset } }) => unset)).toEqual([]);
    const { document } = leaderPlan({ env });
    expect(document.processes[0]?.env.unset).toEqual(['VLLM_PORT']);
    expect(document.warnings).toEqual([]);
  });
});

describe("Ray's token", () => {
  const token = { source: '/run/token', value: secret('abc') };
  const given: Launch = { options: { 'ray-auth': 'token' }, facts: { rayToken: token } };
  const problem = (plan: ReturnType<typeof planFor>) => plan.problems.map(({ message, hint }) => [message, hint]);
  const hint =
    'set RAY_AUTH_TOKEN_PATH to a file with the same token on every node (`ray get-auth-token --generate` makes one), or give --ray-auth disabled';

  test.each([rayLeader, rayWorker, elasticAlone])('is asked for on every node where that is chosen', (plan) => {
    const { problems, document } = plan(given);
    expect(problems).toEqual([]);
    for (const { env } of document.processes) expect(env.set).toMatchObject({ RAY_AUTH_MODE: 'token' });
    expect(document.warnings.map(({ code }) => code)).not.toContain('ray-open');
  });

  test.each(['token', 'TOKEN'])('is left to the user who said RAY_AUTH_MODE=%s', (mode) => {
    const { problems, document } = rayLeader({ env: { RAY_AUTH_MODE: mode }, facts: { rayToken: token } });
    expect(problems).toEqual([]);
    for (const { env } of document.processes) expect(Object.hasOwn(env.set, 'RAY_AUTH_MODE')).toBe(false);
    expect(document.warnings).toEqual([]);
  });

  test('must be there', () => {
    const file = { source: '/root/.ray/auth_token', missing: 'not there' };
    const cases = [
      [file, 'cannot use Ray\'s token: "/root/.ray/auth_token": not there'],
      [null, "cannot use Ray's token: none was found"],
    ] as const;
    for (const [rayToken, message] of cases) {
      expect(problem(rayLeader({ ...given, facts: { rayToken } }))).toEqual([[message, hint]]);
      expect(problem(rayWorker({ env: { RAY_AUTH_MODE: 'token' }, facts: { rayToken } }))).toEqual([[message, hint]]);
    }
  });

  test.each(['two words', 'two\nlines', 'gr\u00f6\u00dfe', 'x'.repeat(4_097)])(
    '%j is refused: no header can carry it',
    (text) => {
      const rayToken = { source: '/t', value: secret(text) };
      const message = `cannot use Ray's token: what "/t" holds is none: it has blanks or letters beyond ASCII, or more than 4096 of them`;
      expect(problem(rayLeader({ ...given, facts: { rayToken } }))).toEqual([[message, hint]]);
    },
  );

  test.each(['2.51.9', 'dev'])('is refused with Ray %s, which may not know it', (text) => {
    const facts = { ...given.facts, ray: { version: text, source: 'x' } };
    expect(problem(rayLeader({ ...given, facts }))).toEqual([
      [`cannot use Ray's token with Ray ${text} (x): it needs 2.52.0`, 'use a newer Ray, or --ray-auth disabled'],
    ]);
  });

  test('is taken with a Ray that knows it, and with one whose version is not known', () => {
    for (const ray of [{ version: '2.52.0', source: 'x' }, null])
      expect(rayLeader({ ...given, facts: { ...given.facts, ray, vllm: null } }).problems).toEqual([]);
  });

  test('is refused where option and variable contradict each other', () => {
    const contradiction = 'remove one of them, or make them equal';
    const contradicted = rayLeader({ ...given, env: { RAY_AUTH_MODE: 'disabled' } });
    expect(problem(contradicted)).toEqual([
      ['cannot use --ray-auth token: the environment says RAY_AUTH_MODE=disabled', contradiction],
    ]);
    expect(contradicted.document.warnings).toEqual([]);
    expect(
      problem(
        rayLeader({ options: { 'ray-auth': 'disabled' }, env: { RAY_AUTH_MODE: 'token' }, facts: given.facts ?? {} }),
      ),
    ).toEqual([['cannot use --ray-auth disabled: the environment says RAY_AUTH_MODE=token', contradiction]]);
    for (const env of [{ RAY_AUTH_MODE: 'TOKEN' }, { RAY_AUTH_MODE: '' }])
      expect(rayLeader({ ...given, env }).problems).toEqual([]);
  });

  test.each([
    ['by default', {}, {}],
    ['by option', { 'ray-auth': 'disabled' as const }, {}],
    ['by the user', {}, { RAY_AUTH_MODE: 'Disabled' }],
  ])('is not asked for %s, and one line says what that means', (_, options, env) => {
    expect(rayLeader({ options, env }).document.warnings).toEqual([
      {
        code: 'ray-open',
        message:
          'Ray asks for no token: whoever reaches its ports (6379 and more) can run commands on these nodes; --ray-auth token closes them',
      },
    ]);
  });

  test('is nothing to other outcomes', () => {
    const { document } = leaderPlan({ options: { 'ray-auth': 'token' }, env: { RAY_AUTH_MODE: 'disabled' } });
    expect([document.errors, document.warnings]).toEqual([[], []]);
  });

  test('stands in no plan, and members compare it by digest', () => {
    const plan = rayLeader(given);
    expect(JSON.stringify(plan.document)).not.toContain('abc');
    expect(plan.fingerprint).toContainEqual({ field: 'ray token', value: 'abc', shown: false });
  });
});

describe('the members of a Ray cluster agree on', () => {
  const fields = (plan: ReturnType<typeof planFor>) =>
    plan.fingerprint.slice(9).map(({ field, value, shown }) => `${field}=${value}${shown ? '' : ' (hidden)'}`);

  test.each([rayLeader, rayWorker, elasticAlone])('its port, its mode and the version of Python', (plan) => {
    expect(fields(plan({ facts: { python: '3.11.7' } }))).toEqual([
      'python version=3.11.7',
      'ray port=6379',
      'ray auth mode=disabled',
    ]);
    expect(fields(plan({ options: { 'ray-port': 1 }, env: { RAY_AUTH_MODE: 'K8S', VLLM_X: '1' } }))).toEqual([
      'python version=unknown',
      'ray port=1',
      'ray auth mode=k8s',
      'VLLM_X=1',
    ]);
  });

  test('nothing of it without Ray', () => expect(fields(leaderPlan({ facts: { python: '3.11.7' } }))).toEqual([]));

  test('no token where none is asked for', () => {
    const rayToken = { source: 'x', value: secret('abc') };
    expect(fields(rayLeader({ facts: { rayToken } })).join(' ')).not.toContain('token');
    expect(fields(rayLeader({ options: { 'ray-auth': 'token' } })).join(' ')).not.toContain('ray token');
  });
});
