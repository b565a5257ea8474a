import { describe, expect, test } from 'vitest';

import type { Launch } from './plan-for.ts';
import { argvOf, dynamoWorker, leaderHost, leaderPlan, messages, serve, version, workerPlan } from './plan-for.ts';

const words = serve('-dp', '16');
const flags = (start: string, local = '8') => [
  '--data-parallel-hybrid-lb',
  ...['--data-parallel-size-local', local, '--data-parallel-start-rank', start],
  ...['--data-parallel-address', leaderHost, '--data-parallel-rpc-port', '13445'],
];
const own = (argv: readonly string[] | null, count: number) => argv?.slice(count).filter((word) => word !== '');

describe('each node gets its own ranks behind the words of the user', () => {
  const launch: Launch = { words: serve('-dp', '16', '--shutdown-timeout', '9') };

  test('the leader the first, its worker the next', () => {
    expect(own(argvOf(leaderPlan(launch)), 7)).toEqual(flags('0'));
    expect(own(argvOf(workerPlan(launch)), 7)).toEqual(flags('8'));
  });

  test('a replica of several processes counts as one', () => {
    const launched = { words: serve('-dp', '4', '-tp', '4', '--shutdown-timeout', '9') };
    expect(own(argvOf(workerPlan(launched)), 9)).toEqual(flags('2', '2'));
  });

  test('so does Dynamo, which serves on every node', () => {
    const worker = workerPlan({ words: dynamoWorker('--data-parallel-size', '16', '--shutdown-timeout', '9') });
    expect(own(argvOf(worker), 9)).toEqual(flags('8'));
    expect(worker.readiness.map(({ port }) => port)).toEqual([9_090, 9_090]);
    expect(worker.document.processes[0]?.env.set).toMatchObject({ DYN_SYSTEM_PORT: '9090' });
  });

  test('the port is an option, and shown', () => {
    const plan = leaderPlan({ words, options: { 'data-parallel-rpc-port': 6_000 } });
    expect(argvOf(plan)?.slice(-2)).toEqual(['--data-parallel-rpc-port', '6000']);
    expect(plan.document.ports).toMatchObject({ rpc: 6_000, master: null, engine: 8_000 });
    expect(leaderPlan().document.ports).toMatchObject({ rpc: null });
  });
});

describe('what the user says of it', () => {
  test.each([
    ['--data-parallel-hybrid-lb'],
    ['-dpl', '8'],
    ['--data_parallel_size_local=8'],
    ['--data-parallel-start-rank', '0'],
    ['--data-parallel-address', leaderHost.toUpperCase()],
    ['--data-parallel-rpc-port', '13445'],
  ])('is adopted where it is equal, and not repeated: %s', (...more) => {
    const plan = leaderPlan({ words: [...words, ...more] });
    expect(messages(plan)).toEqual([]);
    const theirs =
      more[0] === '-dpl' ? '--data-parallel-size-local' : (more[0] ?? '').replace(/=.*/, '').replaceAll('_', '-');
    const ours = argvOf(plan)?.slice(words.length + more.length) ?? [];
    expect(ours).not.toContain(theirs);
    expect(ours.filter((word) => word.startsWith('--data-parallel'))).toHaveLength(4);
  });

  test.each([
    [['-dpl', '4'], 'cannot add --data-parallel-size-local 8: the command says -dpl 4', '--nnodes'],
    [
      ['--data-parallel-start-rank=8'],
      'cannot add --data-parallel-start-rank 0: the command says --data-parallel-start-rank=8',
      '--node-rank',
    ],
    [
      ['--data-parallel-address', 'x'],
      `cannot add --data-parallel-address ${leaderHost}: the command says --data-parallel-address x`,
      '--leader',
    ],
    [
      ['--data-parallel-rpc-port', '1'],
      'cannot add --data-parallel-rpc-port 13445: the command says --data-parallel-rpc-port 1',
      '--data-parallel-rpc-port',
    ],
  ])('is refused where it contradicts: %j', (more, message, option) => {
    expect(leaderPlan({ words: [...words, ...more] }).problems).toContainEqual({
      name: 'config',
      message,
      hint: `remove it from the command; to choose the value give vllm-launch ${option}`,
    });
  });

  test.each([
    ['--no-data-parallel-hybrid-lb'],
    ['--data-parallel-external-lb'],
    ['--data-parallel-rank', '1'],
    ['--data-parallel-rank', '0'],
    ['--data-parallel-multi-port-external-lb'],
    ['--headless'],
  ])('is refused where somebody else would give out the ranks: %s', (...more) => {
    expect(leaderPlan({ words: [...words, ...more] }).problems).toContainEqual({
      name: 'config',
      message: `cannot add --data-parallel-hybrid-lb: the command says ${more.join(' ')}`,
      hint: 'remove it from the command; to give each node its own --data-parallel-* flags use --outcome replicas',
    });
  });
});

describe('what cannot be shared is refused', () => {
  test('replicas that do not divide among the nodes, though their processes do', () => {
    const plan = leaderPlan({ words: serve('-dp', '3', '-tp', '4') });
    expect(messages(plan)).toEqual(['cannot share 3 data-parallel replicas among 2 nodes: it does not divide']);
    expect(plan.document.processes).toEqual([]);
  });

  test('more than fit a node', () => {
    expect(messages(leaderPlan({ words: serve('-dp', '18') }))).toEqual([
      'cannot put 9 processes on a node of 8 GPUs: 1 x 18 data-parallel replicas = 18 over 2 nodes does not fit',
    ]);
  });

  test('a vLLM without hybrid load balancing', () => {
    expect(leaderPlan({ words, facts: { vllm: version('0.10.0') } }).problems).toContainEqual({
      name: 'config',
      message: 'cannot run the outcome data-parallel with vLLM 0.10.0 (vllm-0.10.0.dist-info): it needs 0.10.1',
      hint: 'use a newer image, or --outcome replicas',
    });
    expect(messages(leaderPlan({ words, facts: { vllm: version('0.10.1') } }))).toEqual([]);
  });
});

test('idle GPUs are a warning, and the leader must resolve though members end apart', () => {
  const plan = workerPlan({ words: serve('-dp', '10') });
  expect(plan.problems).toEqual([]);
  expect(plan.document.warnings.map(({ code }) => code)).toContain('idle-gpus');
  expect([plan.fate, plan.document.gates[0]]).toMatchObject(['apart', { kind: 'dns', target: leaderHost }]);
  expect(argvOf(plan)?.join(' ')).toContain('--data-parallel-size-local 5 --data-parallel-start-rank 5');
});

test('one rank a node is warned of: vLLM takes it for external load balancing', () => {
  const one = leaderPlan({ words: serve('-dp', '2', '-tp', '8') });
  expect(one.problems).toEqual([]);
  expect(one.document.warnings).toContainEqual({
    code: 'one-rank-a-node',
    message:
      'each node has one data-parallel rank: vLLM runs that for mixtures of experts only; for another model leave out --data-parallel-size, then each node runs a replica',
  });
  expect(leaderPlan({ words }).document.warnings.map(({ code }) => code)).not.toContain('one-rank-a-node');
});

test.each([
  ['data-parallel', serve('-dp', '16'), 8_000],
  ['replicas', serve(), 8_000],
  ['replicas', serve('--port', '9000'), 9_000],
  ['replicas', dynamoWorker(), 9_090],
])('nodes of one machine cannot all serve: %s', (outcome, command, port) => {
  expect(leaderPlan({ words: command, options: { 'local-group': 'local-7' } }).problems).toEqual([
    {
      name: 'config',
      message: `cannot run the outcome ${outcome} on one machine: the engine of each node listens on port ${port}`,
      hint: 'use --nodes 1, or one machine (or network namespace) a node',
    },
  ]);
  expect(messages(leaderPlan({ words: command }))).toEqual([]);
});

test('a command that is no engine, and an engine of which one node serves, run on one machine', () => {
  const options = { 'local-group': 'local-7' };
  expect(messages(leaderPlan({ words: ['x'], options: { ...options, outcome: 'replicas' } }))).toEqual([]);
  expect(messages(leaderPlan({ options }))).toEqual([]);
});

test('a value that is missing is not taken from our words', () => {
  for (const command of [serve('-tp', '16', '--a.b'), serve('-dp', '16', '--a.b')])
    expect(messages(leaderPlan({ words: command }))).toEqual(['cannot use --a.b: no value follows']);
});
