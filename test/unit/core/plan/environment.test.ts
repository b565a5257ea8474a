import { describe, expect, test } from 'vitest';

import { fillNode, unfilled } from '#core/plan/node-env.ts';
import type { ProcessSpec } from '#core/plan/plan.ts';

import { dynamoWorker, envOf, leaderPlan, planFor, serve, workerPlan } from './plan-for.ts';

const route = { leader: '10.0.0.1', address: '10.0.0.2', interface: 'eth0' };
const ours = {
  VLLM_HOST_IP: '10.0.0.2',
  VLLM_NIXL_SIDE_CHANNEL_HOST: '10.0.0.2',
  NCCL_SOCKET_IFNAME: 'eth0',
  GLOO_SOCKET_IFNAME: 'eth0',
  TP_SOCKET_IFNAME: 'eth0',
  VLLM_ENGINE_READY_TIMEOUT_S: '7200',
};

describe('the variables of an engine that spans nodes', () => {
  test.each([
    ['the leader', leaderPlan],
    ['a worker', workerPlan],
  ])('are set on %s', (_, plan) => expect(envOf(plan({ facts: { route } }))).toEqual({ set: ours, unset: [] }));

  test('wait for the address of this node where the name of the leader has not been resolved', () => {
    expect(envOf(workerPlan())?.set).toEqual({
      VLLM_HOST_IP: null,
      VLLM_NIXL_SIDE_CHANNEL_HOST: null,
      NCCL_SOCKET_IFNAME: null,
      GLOO_SOCKET_IFNAME: null,
      TP_SOCKET_IFNAME: null,
      VLLM_ENGINE_READY_TIMEOUT_S: '7200',
    });
    const set = envOf(workerPlan({ facts: { route: { ...route, interface: null } } }))?.set;
    expect(set).toMatchObject({ VLLM_HOST_IP: '10.0.0.2', NCCL_SOCKET_IFNAME: null });
  });

  test.each(Object.keys(ours))('leave %s to the user who set it', (name) => {
    const { [name as keyof typeof ours]: _, ...others } = ours;
    expect(envOf(leaderPlan({ env: { [name]: 'x' }, facts: { route } }))?.set).toEqual(others);
    expect(envOf(leaderPlan({ env: { [name]: '' }, facts: { route } }))?.set).toEqual(ours);
  });

  test('give the engine as long to start as we wait for it', () => {
    const { set } = envOf(leaderPlan({ options: { 'startup-timeout': 1500 } })) ?? {};
    expect(set).toMatchObject({ VLLM_ENGINE_READY_TIMEOUT_S: '2' });
  });
});

describe('the variables of an engine on one node', () => {
  test.each([
    ['alone', () => planFor({ facts: { route } })],
    ['one of several', () => leaderPlan({ words: serve(), facts: { route } })],
    ['alone by option', () => leaderPlan({ options: { outcome: 'single' }, facts: { route } })],
  ])('%s are none', (_, plan) => expect(envOf(plan())).toEqual({ set: {}, unset: [] }));
});

describe('DYN_SYSTEM_PORT', () => {
  test.each([
    ['alone', () => planFor({ words: dynamoWorker() })],
    ['on each node', () => leaderPlan({ words: dynamoWorker() })],
    ['on a worker', () => workerPlan({ words: dynamoWorker('-tp', '16') })],
  ])('is set for Dynamo %s', (_, plan) => expect(envOf(plan())?.set).toMatchObject({ DYN_SYSTEM_PORT: '9090' }));

  test('is left to the user who set it', () => {
    expect(envOf(planFor({ words: dynamoWorker(), env: { DYN_SYSTEM_PORT: '8081' } }))?.set).toEqual({});
  });
});

describe('VLLM_PORT', () => {
  const service = { VLLM_PORT: 'tcp://10.96.0.1:8000' };

  test('that a Service injected is unset, since vLLM refuses it', () => {
    expect(envOf(planFor({ env: service }))).toEqual({ set: {}, unset: ['VLLM_PORT'] });
    expect(envOf(leaderPlan({ env: service }))?.unset).toEqual(['VLLM_PORT']);
  });

  test('that is a port stays', () => expect(envOf(planFor({ env: { VLLM_PORT: '20000' } }))?.unset).toEqual([]));
  test('is nothing to us of a command that is no engine', () =>
    expect(envOf(planFor({ words: ['x'], env: service }))).toEqual({ set: {}, unset: [] }));
});

describe('once the address of this node is known', () => {
  const spec: ProcessSpec = {
    name: 'engine',
    argv: ['x'],
    env: { set: { ...Object.fromEntries(Object.keys(ours).map((name) => [name, null])), OTHER: null }, unset: ['Y'] },
    after: [],
  };

  test('it is filled in where it was waited for, and nowhere else', () => {
    const { VLLM_ENGINE_READY_TIMEOUT_S: _, ...waited } = ours;
    expect(fillNode(spec, { ...route, folder: null })).toEqual({ ...spec, env: { set: waited, unset: ['Y'] } });
  });

  test('what stays unknown is left out', () => {
    expect(fillNode(spec, { address: '10.0.0.2', interface: null, folder: null }).env.set).toEqual({
      VLLM_HOST_IP: '10.0.0.2',
      VLLM_NIXL_SIDE_CHANNEL_HOST: '10.0.0.2',
    });
    expect(fillNode(spec, { address: null, interface: null, folder: null }).env.set).toEqual({});
  });

  test('what is set already stays', () => {
    const set = { VLLM_HOST_IP: '127.0.0.1', OTHER: '' };
    expect(fillNode({ ...spec, env: { set, unset: [] } }, { ...route, folder: null }).env.set).toEqual(set);
  });
});

describe('once the folder of Ray is known', () => {
  const spec: ProcessSpec = {
    name: 'ray-head',
    argv: [
      'ray',
      '--at={node-address}',
      '--gcs={node-address}:1',
      '--temp-dir={ray-folder}',
      '{ray-folder}{ray-folder}',
    ],
    env: { set: { RAY_ADDRESS: '{node-address}:6379', VLLM_DP_MASTER_IP: null }, unset: [] },
    after: [],
  };

  test('the words of Ray are filled in', () => {
    const filled = fillNode(spec, { address: '10.0.0.2', interface: null, folder: '/tmp/$&' });
    expect(filled).toEqual({
      ...spec,
      argv: ['ray', '--at=10.0.0.2', '--gcs=10.0.0.2:1', '--temp-dir=/tmp/$&', '/tmp/$&/tmp/$&'],
      env: { set: { RAY_ADDRESS: '10.0.0.2:6379', VLLM_DP_MASTER_IP: '10.0.0.2' }, unset: [] },
    });
    expect(unfilled(filled)).toEqual([]);
  });

  test('an address of IPv6 has brackets in front of a port', () => {
    const { argv, env } = fillNode(spec, { address: 'fd00::2', interface: null, folder: null });
    expect(argv.slice(1, 4)).toEqual(['--at=fd00::2', '--gcs=[fd00::2]:1', '--temp-dir={ray-folder}']);
    expect(env.set['RAY_ADDRESS']).toBe('[fd00::2]:6379');
  });

  test('what is still open is told', () => {
    const none = { address: null, interface: null, folder: null };
    expect(unfilled(fillNode(spec, none))).toEqual(['{node-address}', '{ray-folder}']);
    expect(unfilled(fillNode(spec, { ...none, address: '10.0.0.2' }))).toEqual(['{ray-folder}']);
    expect(unfilled(fillNode(spec, { ...none, folder: '/t' }))).toEqual(['{node-address}']);
    expect(unfilled(fillNode({ ...spec, argv: [] }, none))).toEqual(['{node-address}']);
  });

  test('words of the user that look alike are left as they are, and wait for nothing', () => {
    const engine: ProcessSpec = { ...spec, name: 'engine', env: { set: { A: null }, unset: [] } };
    expect(unfilled(engine)).toEqual([]);
    expect(fillNode(engine, { address: '1', interface: '2', folder: '3' }).argv).toEqual(spec.argv);
  });
});
