import { describe, expect, test } from 'vitest';

import { dynamoWorker, gpus, leaderPlan, planFor, serve, workerPlan } from './plan-for.ts';
import type { Launch } from './plan-for.ts';

const field = (plan: ReturnType<typeof planFor>, name: string) =>
  plan.fingerprint.find((one) => one.field === name) ?? null;

test('the fields that all members must agree on', () => {
  const plan = workerPlan({
    facts: {
      gpus: gpus(8, { model: 'H100', driver: '580.1' }),
      ray: { version: '2.60.0', source: 'x' },
    },
  });
  expect(plan.fingerprint).toEqual(
    [
      ['outcome', 'mp'],
      ['leader', 'vllm-0.vllm.ns'],
      ['command', '["vllm","serve","m","-tp","16"]'],
      ['vllm version', '0.31.0'],
      ['dynamo version', '1.6.1'],
      ['ray version', '2.60.0'],
      ['gpus per node', '8'],
      ['gpu model', 'H100'],
      ['gpu driver', '580.1'],
    ].map(([name, value]) => ({ field: name, value, shown: true })),
  );
});

test('what is not known is a value too', () => {
  const plan = planFor({ words: ['x'], facts: { gpus: null, vllm: null, dynamo: null }, env: { LWS_GROUP_SIZE: '2' } });
  expect(plan.fingerprint.map(({ value }) => value)).toEqual([
    ...['none', 'none', '["x"]', 'unknown', 'none', 'none', 'unknown', 'unknown', 'unknown'],
  ]);
});

describe('the command', () => {
  const command = (...words: readonly string[]) => field(workerPlan({ words }), 'command');

  test.each([
    [
      ['--node-rank', '1', '--seed', '1'],
      ['--seed', '1'],
    ],
    [
      ['--seed', '1', '--node-rank', '1'],
      ['--seed', '1'],
    ],
    [['-r=1'], []],
    [
      ['--node-rank', '0', '-r', '1'],
      ['--node-rank', '0'],
    ],
    [['--headless'], []],
    [['--headless', '--node-rank', '1'], []],
    [['--data-parallel-rank', '1', '--data-parallel-start-rank=1'], []],
    [
      ['--host', '10.0.0.2', '--port', '1'],
      ['--port', '1'],
    ],
    [['--node-rank=1', '--node-rank=1'], ['--node-rank=1']],
    [
      ['--seed', '7'],
      ['--seed', '7'],
    ],
    [
      ['--', '--headless'],
      ['--', '--headless'],
    ],
  ])('%j is compared as %j: without what is of this rank alone', (words, rest) => {
    expect(command(...serve('-tp', '16', ...words))).toEqual({
      field: 'command',
      value: JSON.stringify(serve('-tp', '16', ...rest)),
      shown: true,
    });
  });

  test('of two ranks with their own words is the same', () => {
    const words = (rank: number) => serve('-tp', '16', '--seed', '0', '--node-rank', String(rank), '-dp', '1');
    const [leader, worker] = [leaderPlan({ words: words(0) }), workerPlan({ words: words(1) })];
    expect(field(leader, 'command')).toEqual(field(worker, 'command'));
    expect([leader.problems, worker.problems]).toEqual([[], []]);
  });

  test('holds what a variable or a file says', () => {
    expect(field(workerPlan({ words: dynamoWorker(), env: { DYN_VLLM_HEADLESS: '1' } }), 'command')?.value).toBe(
      JSON.stringify(dynamoWorker()),
    );
    const words = serve('--config', 'c.yaml');
    expect(field(workerPlan({ words, config: { 'node-rank': 1 } }), 'command')?.value).toBe(JSON.stringify(words));
  });

  test('that we cannot read is compared whole', () => {
    expect(command('x', '--node-rank', '1')?.value).toBe('["x","--node-rank","1"]');
  });

  test.each([
    [['--api-key', 'k'], false],
    [['--api-key=k'], false],
    [['--model-loader', 'http://u:p@h/'], false],
    [['--tokenizer', 'k'], true],
  ])('with %j is shown: %s', (words, shown) => expect(command(...serve(...words))?.shown).toBe(shown));
});

describe('the variables', () => {
  const variables = (env: Launch['env'] & object) =>
    planFor({ env })
      .fingerprint.slice(9)
      .map(({ field: name, value, shown }) => `${name}=${value}${shown ? '' : ' (hidden)'}`);

  test('of vLLM and NCCL are compared, in the order of their names', () => {
    expect(variables({ VLLM_USE_V1: '1', PATH: '/bin', NCCL_DEBUG: 'INFO', A_VLLM_X: '1', VLLM: '1' })).toEqual([
      'NCCL_DEBUG=INFO',
      'VLLM_USE_V1=1',
    ]);
    expect(variables({ NCCL_B: '1', NCCL_A: '1' })).toEqual(['NCCL_A=1', 'NCCL_B=1']);
    expect(variables({ NCCL_A: '1', NCCL_B: '1' })).toEqual(['NCCL_A=1', 'NCCL_B=1']);
    expect(variables({ VLLM_x: '1', xNCCL_A: '1' })).toEqual([]);
  });

  test('with a secret are compared by digest', () => {
    expect(variables({ VLLM_API_KEY: 'k', VLLM_TOKENIZER: 't' })).toEqual([
      'VLLM_API_KEY=k (hidden)',
      'VLLM_TOKENIZER=t',
    ]);
  });

  test.each([
    'VLLM_HOST_IP',
    'VLLM_PORT',
    'VLLM_NIXL_SIDE_CHANNEL_HOST',
    'VLLM_NIXL_SIDE_CHANNEL_PORT',
    'VLLM_CPU_OMP_THREADS_BIND',
    'NCCL_SOCKET_IFNAME',
    'NCCL_IB_HCA',
    'NCCL_HOSTID',
    'VLLM_DP_RANK',
    'VLLM_DP_RANK_LOCAL',
    'VLLM_CACHE_ROOT',
    'VLLM_XLA_CACHE_PATH',
    'VLLM_TORCH_PROFILER_DIR',
    'VLLM_ASSETS_CACHE',
  ])('%s differs from node to node by right', (name) => expect(variables({ [name]: '1' })).toEqual([]));

  test.each(['VLLM_DP_SIZE', 'VLLM_PORTS', 'XVLLM_HOST_IP', 'VLLM_CACHE_SIZE', 'NCCL_IB_HCA_X'])(
    '%s does not, or is not looked at',
    (name) => expect(variables({ [name]: '1' })).toEqual(name.startsWith('X') ? [] : [`${name}=1`]),
  );

  test('that a Service injected are not', () => {
    expect(variables({ VLLM_PORT_8000_TCP: 'tcp://10.0.0.1:8000' })).toEqual([]);
  });

  test('are at most 40', () => {
    const env = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`VLLM_${100 - at}`, '1']));
    const seen = variables(env);
    expect([seen.length, seen[0], seen.at(-1)]).toEqual([40, 'VLLM_100=1', 'VLLM_79=1']);
  });
});
