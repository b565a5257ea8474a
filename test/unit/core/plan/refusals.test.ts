import { describe, expect, test } from 'vitest';

import {
  argvOf,
  dynamoWorker,
  elasticAlone,
  gpus,
  leaderPlan,
  messages,
  planFor,
  rayFacts,
  rayLeader,
  rayWorker,
  serve,
  warned,
  workerPlan,
} from './plan-for.ts';

const large = serve('-tp', '16');
const two = { options: { outcome: 'replicas' } } as const;

describe('a command that is no engine, on several nodes', () => {
  const hint =
    'write the engine command without a shell, or say what it is with --engine vllm|dynamo or --outcome replicas';

  test.each([
    [['sh', '-c', 'vllm serve m -tp 16'], '"sh" hides the engine in a shell string'],
    [['/bin/bash', '-lc', 'vllm serve m'], '"/bin/bash" hides the engine in a shell string'],
    [['my-server', '--tp', '16'], '"my-server" is no engine that we know'],
    [['numactl', '--membind', '0', ...large], '"numactl" is no engine that we know'],
    [['vllm', 'bench'], '"vllm" is no engine that we know'],
    [[], '"" is no engine that we know'],
  ])('%j is refused with 78', (words, why) => {
    const plan = leaderPlan({ words });
    expect(plan.document.errors).toEqual([
      { code: 78, name: 'config', message: `cannot run this command on several nodes: ${why}`, hint },
    ]);
    expect(argvOf(plan)).toBeNull();
  });

  test.each([[['sh', '-c', 'vllm serve m']], [['my-server']]])('%j runs as replicas where that is said', (words) => {
    const plan = leaderPlan({ words, ...two });
    expect([plan.problems, argvOf(plan), plan.exits]).toEqual([[], words, 'command']);
  });

  test.each([[['sh', '-c', 'vllm serve m']], [['my-server']]])('%j runs on one node', (words) => {
    expect(planFor({ words }).problems).toEqual([]);
    expect(leaderPlan({ words, options: { outcome: 'single' } }).problems).toEqual([]);
  });

  test('is an engine where --engine says so', () => {
    const words = ['my-server', '-tp', '16'];
    const plan = leaderPlan({ words, options: { engine: 'vllm' } });
    expect([plan.problems, plan.exits, plan.document.decision.outcome]).toEqual([[], 'engine', 'mp']);
    expect(argvOf(plan)?.slice(0, 3)).toEqual(words);
  });
});

describe('`ray start`', () => {
  const problems = [
    {
      name: 'config',
      message: 'cannot run `ray start`: this launcher starts Ray itself where the plan needs it',
      hint: 'give the engine command alone (args: of the manifest), then vllm-launch starts Ray where the plan needs it; for Ray alone use `vllm-launch exec -- ray start ...`',
    },
  ];
  const words = ['ray', 'start', '--head'];

  test.each([
    ['on one node', () => planFor({ words })],
    ['on two', () => leaderPlan({ words })],
    ['as replicas', () => leaderPlan({ words, ...two })],
    ['whatever --engine says', () => planFor({ words, options: { engine: 'vllm' } })],
  ])('%s is refused', (_, plan) => expect(plan().problems).toEqual(problems));
});

describe('GPUs of a node that are not known', () => {
  test.each([
    ['nothing tells them', null, 'no device and no variable tells them'],
    ['none', gpus(0, { source: '--gpus-per-node' }), '--gpus-per-node says 0'],
  ])('on several nodes: %s', (_, known, why) => {
    expect(leaderPlan({ facts: { gpus: known } }).problems).toEqual([
      {
        name: 'config',
        message: `cannot tell the GPUs of one node: ${why}`,
        hint: 'give --gpus-per-node (on CPU builds: worker slots)',
      },
    ]);
  });

  test('are needed by Ray on one node too', () => {
    for (const known of [null, gpus(0)])
      expect(messages(elasticAlone({ facts: { gpus: known } }))).toEqual([
        expect.stringContaining('cannot tell the GPUs of one node'),
      ]);
    expect(warned(elasticAlone({ facts: { gpus: null } }))).not.toContain('elastic-start');
  });

  test('are not asked for where it is not known how many nodes there are', () => {
    const plan = planFor({ env: { LWS_WORKER_INDEX: '1' }, facts: { gpus: null } });
    expect(messages(plan)).toEqual([expect.stringMatching(/^(?!.*GPUs of one node)/)]);
  });

  test('do not matter to replicas that were asked for, nor to a command that is no engine', () => {
    expect(leaderPlan({ facts: { gpus: null }, ...two }).problems).toEqual([]);
    expect(messages(leaderPlan({ facts: { gpus: null }, words: ['x'] }))).toEqual([
      expect.stringContaining('no engine that we know'),
    ]);
  });
});

describe('--data-parallel-backend ray', () => {
  test('is refused in mp', () => {
    expect(leaderPlan({ words: serve('-tp', '16', '-dpb', 'ray') }).problems).toEqual([
      {
        name: 'config',
        message: 'cannot use -dpb ray here: several nodes without Ray need mp',
        hint: 'remove it, or choose --executor ray',
      },
    ]);
  });

  test('is refused where replicas span nodes', () => {
    const { problems } = leaderPlan({ words: serve('-dp', '16', '--data-parallel-backend=ray') });
    expect(problems).toContainEqual({
      name: 'config',
      message: 'cannot use --data-parallel-backend=ray here: several nodes without Ray need mp',
      hint: 'remove it',
    });
  });

  test('is nothing to us elsewhere', () => {
    expect(leaderPlan({ words: serve('-dpb', 'ray') }).problems).toEqual([]);
    expect(rayLeader({ words: serve('-tp', '16', '-dpb', 'ray') }).problems).toEqual([]);
    expect(leaderPlan({ words: serve('-tp', '16', '-dpb', 'mp') }).problems).toEqual([]);
  });
});

describe('python -m vllm.entrypoints.openai.api_server', () => {
  const words = ['python3', '-m', 'vllm.entrypoints.openai.api_server', '--model', 'm'];

  test('cannot span nodes, since it ignores --headless', () => {
    for (const plan of [leaderPlan, workerPlan])
      expect(plan({ words: [...words, '-tp', '16'] }).problems).toEqual([
        {
          name: 'config',
          message: 'cannot run workers of `python -m vllm.entrypoints.openai.api_server`: it ignores --headless',
          hint: 'write `vllm serve MODEL ...` instead',
        },
      ]);
  });

  test('runs on each node by itself, and alone', () => {
    expect(leaderPlan({ words }).problems).toEqual([]);
    expect(planFor({ words: [...words, '-tp', '16'] }).problems).toEqual([]);
    for (const plan of [rayLeader, rayWorker]) expect(plan({ words: [...words, '-tp', '16'] }).problems).toEqual([]);
  });
});

describe('the processes and the nodes', () => {
  const nodes = (n: number, g: number, words: readonly string[], executor: 'mp' | 'ray' = 'mp') =>
    planFor({
      words,
      facts: { ...rayFacts, gpus: gpus(g) },
      options: { nnodes: n, 'node-rank': 0, leader: 'head', executor },
    });

  test.each([
    [3, 8, ['-tp', '16'], 'cannot spread 16 processes over 3 nodes: it does not divide'],
    [2, 8, ['-tp', '9'], 'cannot spread 9 processes over 2 nodes: it does not divide'],
    [
      3,
      8,
      ['-tp', '16', '-dp', '2'],
      'cannot spread 16 x 2 data-parallel replicas = 32 processes over 3 nodes: it does not divide',
    ],
  ])('%i nodes of %i: %j is refused', (n, g, sizes, message) => {
    const { problems, document } = nodes(n, g, serve(...sizes));
    expect(problems).toEqual([{ name: 'config', message, hint: 'change the sizes or --nnodes' }]);
    expect(document.warnings).toEqual([]);
  });

  test.each([
    [2, 8, ['-tp', '18'], 'cannot put 9 processes on a node of 8 GPUs: 18 over 2 nodes does not fit'],
    [
      2,
      8,
      ['-tp', '16', '-dp', '2'],
      'cannot put 16 processes on a node of 8 GPUs: 16 x 2 data-parallel replicas = 32 over 2 nodes does not fit',
    ],
  ])('%i nodes of %i: %j does not fit', (n, g, sizes, message) => {
    expect(nodes(n, g, serve(...sizes)).problems).toEqual([
      { name: 'config', message, hint: 'change the sizes, --nnodes or --gpus-per-node' },
    ]);
  });

  test.each([
    [2, 8, ['-tp', '16'], []],
    [4, 8, ['-tp', '16', '-dp', '2'], []],
    [2, 8, ['-tp', '10'], ['3 of the 8 GPUs of each node stay idle: the engine needs no more']],
    [4, 8, ['-tp', '12'], ['5 of the 8 GPUs of each node stay idle: the engine needs no more']],
  ])('%i nodes of %i: %j fits; what stays idle is warned of: %j', (n, g, sizes, idle) => {
    const plan = nodes(n, g, serve(...sizes));
    expect(plan.problems).toEqual([]);
    expect(plan.document.warnings).toEqual(idle.map((message) => ({ code: 'idle-gpus', message })));
  });

  test('replicas that span nodes are spread alike', () => {
    expect(messages(nodes(2, 8, serve('-dp', '18')))).toContain(
      'cannot put 9 processes on a node of 8 GPUs: 1 x 18 data-parallel replicas = 18 over 2 nodes does not fit',
    );
  });

  test.each([
    [2, 8, ['-tp', '17'], ['cannot put 17 processes on 2 nodes of 8 GPUs: only 16 are there'], []],
    [2, 8, ['-tp', '16'], [], []],
    [3, 8, ['-tp', '9'], [], ['15 of the 24 GPUs of 3 nodes stay idle: the engine needs no more']],
  ])('Ray on %i nodes of %i: %j', (n, g, sizes, refused, idle) => {
    const plan = nodes(n, g, serve(...sizes), 'ray');
    expect(messages(plan)).toEqual(refused);
    expect(plan.document.warnings.filter(({ code }) => code === 'idle-gpus')).toEqual(
      idle.map((message) => ({ code: 'idle-gpus', message })),
    );
  });

  test('are not compared where an engine fits a node, nor where the outcome is not known', () => {
    expect(warned(nodes(2, 8, serve('--shutdown-timeout', '1')))).toEqual([]);
    expect(messages(nodes(2, 8, dynamoWorker('-tp', '-18', '-pp', '-1')))).toEqual([
      expect.stringContaining('cannot use -tp -18: it must be 1 or more'),
      expect.stringContaining('cannot use -pp -1: it must be 1 or more'),
    ]);
  });
});
