import { describe, expect, test } from 'vitest';

import type { LaunchPlan } from '#core/plan/plan.ts';

import { dynamoPod } from './choose.ts';
import type { Launch } from './plan-for.ts';
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
  messages,
  planFor,
  processOf,
  rayFacts,
  rayLeader,
  rayWorker,
  serve,
  version,
} from './plan-for.ts';

const both = [rayLeader, rayWorker] as const;
const problems = (plan: LaunchPlan) => plan.problems.map(({ name, message, hint }) => [name, message, hint]);

describe('Ray that is not there', () => {
  const mp = 'set the annotation nvidia.com/vllm-distributed-executor-backend: mp (or give --executor mp)';
  const add = 'or add the package ray[default] to the image';
  const absent = (why: 'not-found' | 'not-executable' | 'directory') =>
    ({ rayProgram: { found: false, word: 'ray', why } }) as const;

  test.each([
    ['no program', absent('not-found'), 'there is no program `ray`'],
    ['a file that may not be run', absent('not-executable'), '"ray" cannot be executed'],
    ['a directory', absent('directory'), '"ray" cannot be executed'],
    ['another Python', { ray: null }, 'Ray is not installed where vLLM 0.31.0 is (vllm-0.31.0.dist-info)'],
  ])('is refused with both ways out: %s', (_, facts, why) => {
    for (const plan of both)
      expect(problems(plan({ facts }))).toEqual([['config', `cannot run the outcome ray: ${why}`, `${mp}, ${add}`]]);
    for (const plan of [elasticAlone, elasticWorker])
      expect(problems(plan({ facts }))).toEqual([
        ['config', `cannot run the outcome elastic-ep: ${why}`, `leave out --enable-elastic-ep, ${add}`],
      ]);
  });

  test('is refused once', () =>
    expect(messages(rayLeader({ facts: { ...absent('not-found'), ray: null } }))).toHaveLength(1));

  test('is not asked for where nothing tells what is installed', () => {
    expect(rayLeader({ facts: { vllm: null, ray: null, rayProgram: null } }).problems).toEqual([]);
  });

  test('is needed by a rehearsal too, though not beside vLLM', () => {
    const options = { rehearse: true };
    expect(rayLeader({ options, facts: { ray: null } }).problems).toEqual([]);
    expect(messages(rayLeader({ options, facts: absent('not-found') }))).toHaveLength(1);
  });

  test('is nothing to other outcomes', () => {
    for (const plan of [leaderPlan, planFor]) expect(plan({ facts: absent('not-found') }).problems).toEqual([]);
  });
});

describe('nodes on one machine', () => {
  const local = { 'local-group': 'l', nnodes: 2, 'node-rank': 1, leader: '127.0.0.1:9441' } as const;
  const plan = (launch: Launch) => planFor({ ...launch, facts: { ...rayFacts, gpus: gpus(8) } });

  test('cannot share their address', () => {
    expect(problems(plan({ words: serve('-tp', '16'), options: { ...local, executor: 'ray' } }))).toEqual([
      [
        'config',
        'cannot run the outcome ray on one machine: two nodes of Ray cannot share one address',
        'use --executor mp',
      ],
    ]);
    expect(problems(plan({ words: elasticAlone().document.engine.command, options: local }))).toEqual([
      [
        'config',
        'cannot run the outcome elastic-ep on one machine: two nodes of Ray cannot share one address',
        'use --nodes 1',
      ],
    ]);
  });

  test('may be one, and may be of other outcomes', () => {
    const one = { ...local, nnodes: 1, 'node-rank': 0 };
    expect(plan({ words: elasticAlone().document.engine.command, options: one }).problems).toEqual([]);
    expect(plan({ words: serve('-tp', '16'), options: local }).problems).toEqual([]);
  });
});

describe('RAY_ADDRESS', () => {
  const said = (RAY_ADDRESS: string): Launch => ({
    env: { RAY_ADDRESS },
    facts: { route: { leader: '10.0.0.1', address: '10.0.0.2', interface: null } },
  });

  test.each(['auto', 'ray://10.0.0.1:10001', `${leaderHost}:6380`, '10.0.0.9:6379'])('%s is refused', (address) => {
    for (const plan of both)
      expect(problems(plan(said(address)))).toEqual([
        [
          'config',
          `cannot use RAY_ADDRESS=${address}: the engine would join another Ray than the one that is started here`,
          'unset RAY_ADDRESS, vllm-launch sets it',
        ],
      ]);
  });

  test.each([`${leaderHost}:6379`, '10.0.0.2:6379'])('%s is ours, and left as it is', (address) => {
    const plan = rayLeader(said(address));
    expect(plan.problems).toEqual([]);
    expect(Object.hasOwn(processOf(plan, 'engine')?.env.set ?? {}, 'RAY_ADDRESS')).toBe(false);
  });

  test('with a port by option, or of a node by itself, is compared alike', () => {
    expect(rayLeader({ ...said(`${leaderHost}:7000`), options: { 'ray-port': 7000 } }).problems).toEqual([]);
    expect(elasticAlone({ env: { RAY_ADDRESS: '127.0.0.1:6379' } }).problems).toEqual([]);
    expect(messages(rayLeader({ env: { RAY_ADDRESS: ':6379' } }))).toHaveLength(1);
  });

  test('is nothing to other outcomes', () => expect(leaderPlan(said('auto')).problems).toEqual([]));
});

describe('CUDA_VISIBLE_DEVICES', () => {
  const seen = (devices: string, count = 4): Launch => ({
    words: serve('-tp', '8'),
    env: { CUDA_VISIBLE_DEVICES: devices },
    facts: { gpus: gpus(count, { source: '--gpus-per-node' }) },
  });

  test.each([
    ['0,1', 2],
    ['', 0],
    ['NoDevFiles', 0],
  ])('%j shows fewer GPUs than Ray is to have', (devices, count) => {
    for (const plan of both)
      expect(problems(plan(seen(devices)))).toEqual([
        [
          'config',
          `cannot give Ray 4 GPUs (--gpus-per-node): CUDA_VISIBLE_DEVICES=${devices} shows ${count}`,
          'unset or correct CUDA_VISIBLE_DEVICES, or correct --gpus-per-node',
        ],
      ]);
  });

  test.each(['0,1,2,3', '0,1,2,3,4'])('%j shows enough', (devices) => {
    expect(rayLeader(seen(devices)).problems).toEqual([]);
  });

  test('is nothing to other outcomes, nor where the GPUs are not known', () => {
    expect(leaderPlan(seen('0')).problems).toEqual([]);
    expect(messages(elasticAlone({ env: { CUDA_VISIBLE_DEVICES: '' }, facts: { gpus: null } }))).toEqual([
      'cannot tell the GPUs of one node: no device and no variable tells them',
    ]);
  });
});

describe('words of mp', () => {
  const refused = (said: string, hint: string) => [
    'config',
    `cannot use ${said} with Ray: it belongs to the backend mp, and here one engine command runs on the leader alone`,
    `${hint}, or choose --executor mp`,
  ];

  test.each([
    ['--nnodes', '2'],
    ['-n', '1'],
    ['--master-addr', 'h'],
    ['--master-port', '29500'],
    ['--node-rank', '0'],
    ['--headless'],
  ])('%s is refused on every node', (...words) => {
    for (const plan of both)
      expect(problems(plan({ words: serve('-tp', '16', ...words) }))).toContainEqual(
        refused(words.join(' '), 'remove it from the command'),
      );
  });

  test('that are switched off are none', () => {
    expect(rayLeader({ words: serve('-tp', '16', '--no-headless') }).problems).toEqual([]);
  });

  test("are refused in Dynamo's variable too", () => {
    const plan = rayLeader({ words: dynamoWorker('-tp', '16'), env: { DYN_VLLM_HEADLESS: 'true' } });
    expect(problems(plan)).toEqual([refused('DYN_VLLM_HEADLESS=true', 'unset DYN_VLLM_HEADLESS')]);
  });

  test('are left to elastic-ep, whose command is untouched', () => {
    expect(elasticAlone({ words: [...elasticAlone().document.engine.command, '--no-headless'] }).problems).toEqual([]);
  });
});

describe("the command's own backend", () => {
  test('is adopted where it is ray', () => {
    const words = serve('-tp', '16', '--distributed-executor-backend=ray');
    for (const executor of [null, 'ray'] as const) {
      const plan = rayLeader({ words, options: { executor } });
      expect([plan.problems, argvOf(plan)]).toEqual([[], [...words, ...drain]]);
    }
  });

  test('is refused where it is another', () => {
    const words = serve('-tp', '16', '--distributed-executor-backend', 'uni');
    for (const plan of both) expect(plan({ words }).problems).toHaveLength(1);
    expect(problems(rayLeader({ words, labels: dynamoPod, options: { executor: null } }))).toEqual([
      [
        'config',
        'cannot add --distributed-executor-backend ray: the command says --distributed-executor-backend uni',
        'remove it from the command; to choose the value give vllm-launch --executor',
      ],
    ]);
  });

  test('cannot be added behind --', () => {
    for (const plan of both)
      expect(messages(plan({ words: serve('-tp', '16', '--') }))).toEqual([
        'cannot add --shutdown-timeout behind --: the engine takes nothing there as an option',
      ]);
  });
});

describe('an engine that does not say when it is ready', () => {
  const words = ['python3', '-m', 'dynamo.vllm', ...elasticAlone().document.engine.command.slice(3), '--model', 'm'];

  test.each(['0', '-1'])('DYN_SYSTEM_PORT=%s: cannot tell an agent of elastic-ep when to join', (DYN_SYSTEM_PORT) => {
    for (const plan of [elasticLeader, elasticWorker])
      expect(problems(plan({ words, env: { DYN_SYSTEM_PORT } }))).toEqual([
        [
          'config',
          'cannot tell when an agent may join: DYN_SYSTEM_PORT switches off what says that the engine is ready',
          'correct DYN_SYSTEM_PORT, or leave it to vllm-launch',
        ],
      ]);
  });

  test('may be alone, may be vLLM, may be on Ray otherwise', () => {
    const env = { DYN_SYSTEM_PORT: '0' };
    expect(elasticAlone({ words, env }).problems).toEqual([]);
    expect(elasticLeader({ env }).problems).toEqual([]);
    expect(rayLeader({ words: dynamoWorker('-tp', '16'), env }).problems).toEqual([]);
    expect(elasticLeader({ words }).problems).toEqual([]);
  });
});

test('the hint of an engine too old for mp leads to a launch that is taken', () => {
  const facts = { ...rayFacts, vllm: version('0.11.0') };
  expect(leaderPlan({ facts }).problems.map(({ hint }) => hint)).toEqual(['use a newer image, or --executor ray']);
  expect(rayLeader({ facts }).problems).toEqual([]);
});
