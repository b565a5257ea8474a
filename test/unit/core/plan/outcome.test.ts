import { describe, expect, test } from 'vitest';

import { dynamoPod } from './choose.ts';
import { argvOf, dynamoWorker, gpus, leaderPlan, messages, planFor, serve } from './plan-for.ts';

const elastic = ['--enable-elastic-ep', '--enable-eplb', '--enable-expert-parallel', '--data-parallel-backend', 'ray'];
const ray = { options: { executor: 'ray' } } as const;

test.each([
  [serve('-dp', '2', ...elastic), 'elastic-ep', 'elastic expert parallelism on Ray is asked for'],
  [serve('-dp', '2'), 'single', 'one node'],
] as const)('one node: %j', (words, outcome, reason) => {
  const decision = { outcome, executor: null, rule: 'not-needed', annotation: null, reason };
  expect(planFor({ words }).document.decision).toEqual(decision);
});

describe('two nodes of 8 GPUs', () => {
  test.each([
    ['one engine larger than a node', serve('-tp', '16'), {}, 'mp', 'one engine of 16 processes spans nodes of 8'],
    ['the same by pipeline', serve('-tp', '8', '-pp', '2'), {}, 'mp', 'one engine of 16 processes spans nodes of 8'],
    ['the same by context', serve('-tp', '8', '-pcp', '2'), {}, 'mp', 'one engine of 16 processes spans nodes of 8'],
    ['just larger', serve('-tp', '9'), {}, 'mp', 'one engine of 9 processes spans nodes of 8'],
    ['larger, with Ray', serve('-tp', '16'), ray, 'ray', 'one engine of 16 processes spans nodes of 8'],
    ['larger, with replicas', serve('-tp', '16', '-dp', '2'), {}, 'mp', 'one engine of 16 processes spans nodes of 8'],
    ['larger and elastic', serve('-tp', '16', ...elastic), {}, 'mp', 'one engine of 16 processes spans nodes of 8'],
    ['elastic', serve('-dp', '16', ...elastic), {}, 'elastic-ep', 'elastic expert parallelism on Ray is asked for'],
    ['replicas over nodes', serve('-dp', '16'), {}, 'data-parallel', '16 replicas of 1 process span nodes of 8'],
    ['the same, just', serve('-tp', '3', '-dp', '3'), {}, 'data-parallel', '3 replicas of 3 processes span nodes of 8'],
    ['a whole node', serve('-tp', '8'), {}, 'replicas', 'an engine of 8 processes fits each node of 8'],
    [
      'a node of replicas',
      serve('-tp', '4', '-dp', '2'),
      {},
      'replicas',
      'an engine of 8 processes fits each node of 8',
    ],
    ['elastic without Ray', serve('-dp', '8', '--enable-elastic-ep'), {}, 'replicas', 'an engine of 8 processes fits'],
    ['untouched', serve('-tp', '16'), { options: { outcome: 'replicas' } }, 'replicas', '--outcome replicas says so'],
    ['this one alone', serve('-tp', '16'), { options: { outcome: 'single' } }, 'single', '--outcome single says so'],
  ] as const)('%s', (_, words, launch, outcome, reason) => {
    const { decision } = leaderPlan({ words, ...launch }).document;
    expect(decision.outcome).toBe(outcome);
    expect(decision.reason).toContain(reason);
  });

  test('the rule and the backend are told where one engine spans nodes, with both reasons', () => {
    expect(leaderPlan({ options: { executor: 'mp' } }).document.decision).toEqual({
      outcome: 'mp',
      executor: 'mp',
      rule: 'option',
      annotation: null,
      reason: '--executor mp says so; one engine of 16 processes spans nodes of 8',
    });
    expect(leaderPlan({ words: serve(), options: { executor: 'mp' } }).document.decision).toEqual({
      outcome: 'replicas',
      executor: null,
      rule: 'not-needed',
      annotation: null,
      reason: 'an engine of 1 process fits each node of 8',
    });
  });

  test.each([
    ['a command that is no engine', { words: ['my-server'] }, 'what the command runs cannot be told'],
    ['GPUs not known', { facts: { gpus: null } }, 'the GPUs of one node are not known'],
    ['no GPU', { facts: { gpus: gpus(0) } }, 'the GPUs of one node are not known'],
    ['a size that is no number', { words: serve('-tp', 'x') }, 'the sizes of the engine cannot be read'],
    ['a size of 0', { words: serve('-dp', '0') }, 'the sizes of the engine cannot be read'],
  ])('%s: no outcome, and nothing starts', (_, launch, reason) => {
    const plan = leaderPlan(launch);
    expect(plan.document.decision).toMatchObject({ outcome: null, executor: 'mp', rule: 'default', reason });
    expect([argvOf(plan), plan.problems.length]).toEqual([null, 1]);
  });

  test('a word that is no size and is refused leaves the outcome known', () => {
    const { document } = leaderPlan({ words: serve('-tp', '16', '--shutdown-timeout', 'x') });
    expect([document.decision.outcome, document.errors.length]).toEqual(['mp', 1]);
  });

  test('a backend that is refused gives no outcome, and says why in the reason', () => {
    const { decision, errors } = leaderPlan({
      annotations: { 'nvidia.com/vllm-distributed-executor-backend': 'x' },
    }).document;
    expect(decision).toMatchObject({ outcome: null, executor: null, rule: null });
    expect(errors).toHaveLength(1);
    expect(decision.reason).toBe(`${errors[0]?.message}; one engine of 16 processes spans nodes of 8`);
  });
});

describe('one node', () => {
  test.each([
    ['an engine', serve('-tp', '16')],
    ['a command', ['my-server']],
    ['a shell', ['sh', '-c', 'vllm serve m']],
    ['elastic on another backend', dynamoWorker('--enable-elastic-ep', '--data-parallel-backend', 'mp')],
    ['Ray replicas that are not elastic', dynamoWorker('--data-parallel-backend', 'ray')],
  ])('%s is single, and the command is untouched', (_, words) => {
    const plan = planFor({ words });
    expect(plan.document.decision).toMatchObject({ outcome: 'single', rule: 'not-needed', reason: 'one node' });
    expect(argvOf(plan)).toEqual(words);
  });

  test('elastic on Ray is an outcome of its own', () => {
    const { document } = planFor({ words: serve('-dp', '8', ...elastic), facts: { gpus: null } });
    expect(document.decision).toMatchObject({ outcome: 'elastic-ep', executor: null, rule: 'not-needed' });
    expect(document.processes).toEqual([]);
  });

  test('needs no GPUs to be known, and no sizes to be right', () => {
    expect(planFor({ facts: { gpus: null } }).problems).toEqual([]);
    expect(planFor({ words: serve('-tp', 'x') }).document.decision.outcome).toBe('single');
  });
});

test('a group whose size is not known has no outcome, and no error but that', () => {
  const plan = planFor({ env: { LWS_WORKER_INDEX: '1' }, facts: { gpus: null }, words: ['my-server'] });
  expect(plan.document.decision).toMatchObject({ outcome: null, reason: 'the number of nodes is not known' });
  expect(messages(plan)).toEqual([expect.stringContaining("cannot tell this node's place")]);
});

describe('remarks about the backend', () => {
  const unparsable = { 'nvidia.com/dynamo-operator-origin-version': 'latest' };

  test('a version that does not parse is warned of only where the backend matters', () => {
    const launch = { annotations: unparsable, labels: dynamoPod };
    expect(leaderPlan(launch).document.warnings.map(({ code }) => code)).toContain('version-unparsable');
    expect(leaderPlan({ ...launch, words: serve() }).document.warnings.map(({ code }) => code)).not.toContain(
      'version-unparsable',
    );
    const undecided = leaderPlan({ ...launch, facts: { gpus: null } }).document;
    expect(undecided.warnings.map(({ code }) => code)).toContain('version-unparsable');
  });

  test('a malformed annotation is refused everywhere', () => {
    const annotations = { 'nvidia.com/vllm-distributed-executor-backend': 'x' };
    for (const plan of [planFor({ annotations }), leaderPlan({ annotations, words: serve() })])
      expect(messages(plan)).toEqual([expect.stringContaining('only mp or ray are allowed')]);
  });

  const spoken = (value: string, words: readonly string[] = []) => ({
    words: serve('--distributed-executor-backend', value, ...words),
    annotations: { 'nvidia.com/vllm-distributed-executor-backend': 'mp' },
  });

  test('a command that says ray against mp is refused everywhere', () => {
    expect(messages(planFor(spoken('ray')))).toEqual([
      expect.stringContaining('but the command says --distributed-executor-backend ray (ray)'),
    ]);
  });

  test('a command that says uni contradicts mp only where one engine spans nodes', () => {
    expect(planFor(spoken('uni')).problems).toEqual([]);
    expect(messages(leaderPlan(spoken('uni', ['-tp', '16'])))).toEqual([
      expect.stringContaining('but the command says --distributed-executor-backend uni (uni)'),
    ]);
  });

  test("the command's own flag decides", () => {
    const words = serve('-tp', '16', '--distributed-executor-backend', 'ray');
    expect(leaderPlan({ words }).document.decision).toMatchObject({ outcome: 'ray', rule: 'engine-flag' });
  });

  test('the words None leave it undecided, and contradict ours', () => {
    const words = serve('-tp', '16', '--distributed-executor-backend', 'None');
    const plan = leaderPlan({ words });
    expect(plan.document.decision).toMatchObject({ outcome: 'mp', rule: 'default' });
    expect(messages(plan)).toEqual([
      'cannot add --distributed-executor-backend mp: the command says --distributed-executor-backend None',
    ]);
  });
});
