import { describe, expect, test } from 'vitest';

import {
  argvOf,
  drain,
  dynamoWorker,
  gpus,
  leaderPlan,
  messages,
  mpAdds,
  planFor,
  serve,
  workerPlan,
} from './plan-for.ts';

const large = serve('-tp', '16');

describe('mp adds to the words of the user, in this order', () => {
  test('on the leader', () => expect(argvOf(leaderPlan())).toEqual([...large, ...drain, ...mpAdds(0)]));
  test('on a worker', () => expect(argvOf(workerPlan())).toEqual([...large, ...drain, ...mpAdds(1)]));

  test.each([0, 1])('the same for Dynamo on rank %i', (rank) => {
    const words = dynamoWorker('-tp', '16');
    const plan = rank === 0 ? leaderPlan({ words }) : workerPlan({ words });
    expect(argvOf(plan)).toEqual([...words, '--shutdown-timeout', '40', ...mpAdds(rank)]);
  });

  test('the port of the rendezvous is an option, the rest is who this node is', () => {
    const options = { nnodes: 4, 'node-rank': 3, leader: 'head:9999', 'master-port': 29_999 };
    const words = serve('-tp', '32');
    expect(argvOf(planFor({ words, options }))).toEqual([
      ...words,
      ...drain,
      ...['--distributed-executor-backend', 'mp', '--nnodes', '4', '--master-addr', 'head'],
      ...['--master-port', '29999', '--node-rank', '3', '--headless'],
    ]);
  });

  test('data-parallel words are left alone', () => {
    const words = serve(
      '-tp',
      '16',
      '-dp',
      '2',
      '--data-parallel-size-local',
      '1',
      '--data-parallel-rpc-port',
      '13345',
    );
    const options = { nnodes: 4, 'node-rank': 1, leader: 'head' };
    const plan = planFor({ words, options });
    expect(plan.problems).toEqual([]);
    expect(argvOf(plan)?.slice(0, words.length)).toEqual(words);
    expect(argvOf(plan)?.slice(words.length).join(' ')).not.toContain('data-parallel');
  });
});

describe('what the user gave with the same value is not repeated', () => {
  const [backend, nnodes, address, port, rank] = [0, 2, 4, 6, 8].map((at) => mpAdds(1).slice(at, at + 2));
  const without = (...gone: readonly (readonly string[] | undefined)[]) =>
    mpAdds(1).filter((word, at, all) => !gone.some((pair) => word === pair?.[0] || all[at - 1] === pair?.[0]));

  test.each([
    [['--distributed-executor-backend', 'mp'], without(backend)],
    [['--distributed_executor_backend=mp'], without(backend)],
    [['--distributed-exec', 'mp'], without(backend)],
    [['--nnodes', '2'], without(nnodes)],
    [['--nnodes=2'], without(nnodes)],
    [['-n', '2'], without(nnodes)],
    [['--nnodes', '3', '-n=2'], without(nnodes)],
    [['--nno', '+2'], without(nnodes)],
    [['--master-addr', 'vllm-0.vllm.ns'], without(address)],
    [['--master-addr', 'VLLM-0.vllm.NS'], without(address)],
    [['--master_port=29500'], without(port)],
    [['--master-port', '029500'], without(port)],
    [['--node-rank', '1'], without(rank)],
    [['-r', '1'], without(rank)],
    [['--node-r=1'], without(rank)],
    [['--headless'], mpAdds(1).slice(0, -1)],
    [['--headl'], mpAdds(1).slice(0, -1)],
    [[...mpAdds(1)], []],
  ])('%j', (given, added) => {
    const words = serve('-tp', '16', ...given);
    const plan = workerPlan({ words });
    expect(plan.problems).toEqual([]);
    expect(argvOf(plan)).toEqual([...words, ...drain, ...added]);
  });

  test('in a file of --config neither', () => {
    const words = serve('--config', 'c.yaml');
    const plan = workerPlan({ words, config: { 'tensor-parallel-size': 16, nnodes: 2, headless: true } });
    expect(plan.problems).toEqual([]);
    expect(argvOf(plan)).toEqual([...words, ...drain, ...without(nnodes).slice(0, -1)]);
  });
});

describe('what contradicts is refused, with what to write instead', () => {
  const adds = mpAdds(1);
  test.each([
    [['--distributed-executor-backend', 'uni'], 0, '--executor'],
    [['--distributed-executor-backend', 'MP'], 0, '--executor'],
    [['--nnodes', '3'], 2, '--nnodes'],
    [['-n=1'], 2, '--nnodes'],
    [['--nnodes', '2', '--nnodes', '3'], 2, '--nnodes'],
    [['--master-addr', '10.0.0.1'], 4, '--leader'],
    [['--master-addr='], 4, '--leader'],
    [['--master-port', '29501'], 6, '--master-port'],
    [['-r', '0'], 8, '--node-rank'],
    [['--node-rank=2'], 8, '--node-rank'],
  ])('%j', (given, at, option) => {
    const plan = workerPlan({ words: serve('-tp', '24', ...given), facts: { gpus: gpus(12) } });
    const { document } = plan;
    expect(argvOf(plan)?.slice(5 + given.length)).toEqual([...drain, ...adds.slice(0, at), ...adds.slice(at + 2)]);
    const said = given.length === 4 ? given.slice(2).join(' ') : given.join(' ');
    expect(document.errors).toContainEqual({
      code: 78,
      name: 'config',
      message: `cannot add ${adds[at]} ${adds[at + 1]}: the command says ${said}`,
      hint: `remove it from the command; to choose the value give vllm-launch ${option}`,
    });
  });

  test('all of them at once, each with its own error', () => {
    const given = ['--nnodes', '4', '--master-addr', 'x', '--master-port', '1', '--node-rank', '0'];
    const words = dynamoWorker('-tp', '16', '--distributed-executor-backend', 'uni', ...given, '--no-headless');
    expect(messages(workerPlan({ words }))).toEqual([
      'cannot add --distributed-executor-backend mp: the command says --distributed-executor-backend uni',
      'cannot add --nnodes 2: the command says --nnodes 4',
      'cannot add --master-addr vllm-0.vllm.ns: the command says --master-addr x',
      'cannot add --master-port 29500: the command says --master-port 1',
      'cannot add --node-rank 1: the command says --node-rank 0',
      'cannot add --headless: the command says --no-headless',
    ]);
  });

  test('a word of a file is named with the file', () => {
    const plan = leaderPlan({ words: serve('--config', 'c.yaml'), config: { 'tensor-parallel-size': 16, nnodes: 4 } });
    expect(messages(plan)).toEqual(['cannot add --nnodes 2: the command says nnodes: 4 (c.yaml)']);
  });

  test('--no-headless on a worker', () => {
    const words = dynamoWorker('-tp', '16', '--no-headless');
    const plan = workerPlan({ words });
    expect(plan.problems).toEqual([
      {
        name: 'config',
        message: 'cannot add --headless: the command says --no-headless',
        hint: 'remove it from the command',
      },
    ]);
    expect(argvOf(plan)?.slice(words.length)).toEqual(['--shutdown-timeout', '40', ...mpAdds(1).slice(0, -1)]);
  });
});

describe('--headless on the leader', () => {
  test('is refused', () => {
    const words = serve('-tp', '16', '--headless');
    const plan = leaderPlan({ words });
    expect(plan.problems).toEqual([
      {
        name: 'config',
        message: 'cannot run the leader with --headless: a headless leader serves nothing',
        hint: 'remove it from the command; vllm-launch adds it on workers',
      },
    ]);
    expect(argvOf(plan)).toEqual([...words, ...drain, ...mpAdds(0)]);
  });

  test('taken back is none', () => {
    const words = dynamoWorker('-tp', '16', '--headless', '--no-headless');
    expect(argvOf(leaderPlan({ words }))).toEqual([...words, '--shutdown-timeout', '40', ...mpAdds(0)]);
    expect(leaderPlan({ words }).problems).toEqual([]);
  });

  test('by a variable that leaked into it is refused too', () => {
    const launch = { words: dynamoWorker('-tp', '16'), env: { DYN_VLLM_HEADLESS: '1' } };
    expect(leaderPlan(launch).problems).toEqual([
      {
        name: 'config',
        message: 'cannot run the leader with DYN_VLLM_HEADLESS=1: a headless leader serves nothing',
        hint: 'unset DYN_VLLM_HEADLESS; vllm-launch adds --headless on workers',
      },
    ]);
    expect(leaderPlan({ ...launch, words: [...launch.words, '--no-headless'] }).problems).toEqual([]);
    expect(leaderPlan({ ...launch, words: large }).problems).toEqual([]);
  });
});

describe('DYN_VLLM_HEADLESS on a worker', () => {
  test.each([
    ['true', mpAdds(1).slice(0, -1)],
    ['false', mpAdds(1)],
    ['', mpAdds(1)],
  ])('%j', (value, added) => {
    const words = dynamoWorker('-tp', '16');
    const plan = workerPlan({ words, env: { DYN_VLLM_HEADLESS: value } });
    expect(plan.problems).toEqual([]);
    expect(argvOf(plan)).toEqual([...words, '--shutdown-timeout', '40', ...added]);
  });
});
