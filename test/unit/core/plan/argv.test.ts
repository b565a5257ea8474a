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
  rayFacts,
  serve,
  version,
  warned,
  workerPlan,
} from './plan-for.ts';

const large = serve('-tp', '16');

describe('--shutdown-timeout stands between the words of the user and ours', () => {
  test.each([
    ['drain 15 s', {}, '15'],
    ['less the drain delay of a pod', { facts: { inPod: true } }, '10'],
    ['less a drain delay', { options: { 'drain-delay': 2500 } }, '12'],
    ['of its own option', { options: { 'drain-timeout': 90_000 } }, '90'],
    ['of the grace time', { options: { grace: 60_000 } }, '50'],
    ['of at least a second', { options: { 'drain-timeout': 1000 } }, '1'],
    ['under Dynamo', { words: dynamoWorker('-tp', '16') }, '40'],
    ['0.18.0', { facts: { vllm: version('0.18.0') } }, '15'],
    ['0.18.1.dev3', { facts: { vllm: version('0.18.1.dev3') } }, '15'],
    ['0.31.0+cpu', { facts: { vllm: version('0.31.0+cpu') } }, '15'],
  ])('%s', (_, launch, seconds) => {
    const words = 'words' in launch ? launch.words : large;
    const plan = leaderPlan({ ...launch, words });
    expect(argvOf(plan)).toEqual([...words, '--shutdown-timeout', seconds, ...mpAdds(0)]);
    expect(warned(plan)).not.toContain('drops-requests');
  });

  test.each([
    ['0.17.9', { facts: { vllm: version('0.17.9') } }],
    ['0.18.0rc1', { facts: { vllm: version('0.18.0rc1') } }],
    ['a version that is none', { facts: { vllm: version('dev') } }],
    ['a version not known', { facts: { vllm: null } }],
    ['less than a second', { options: { 'drain-timeout': 999 } }],
    ['a drain delay that leaves no time', { options: { 'drain-delay': 15_000 } }],
  ])('%s: it is not there, and a warning names it', (_, launch) => {
    const plan = leaderPlan(launch);
    expect(argvOf(plan)).toEqual([...large, ...mpAdds(0)]);
    expect(plan.problems).toEqual([]);
    expect(plan.document.warnings).toContainEqual({
      code: 'drops-requests',
      message:
        'the engine drops its requests when it is told to stop: the command has no --shutdown-timeout and this vLLM is not known to take it in time',
    });
  });

  test.each([serve('-tp', '16', '--shutdown-timeout', '3'), serve('--shutdown-timeout=0', '-tp', '16')])(
    'not where the user gave one: %j %j %j %j %j',
    (...words) => {
      const plan = leaderPlan({ words });
      expect(argvOf(plan)).toEqual([...words, ...mpAdds(0)]);
      expect(warned(plan)).toEqual([]);
    },
  );

  test.each([
    ['single', () => planFor({})],
    ['replicas', () => leaderPlan({ words: serve() })],
  ])('not where the command is untouched: %s; a warning names it', (_, planOf) => {
    const plan = planOf();
    expect(argvOf(plan)).toEqual(serve());
    expect(plan.document.warnings).toEqual([
      {
        code: 'drops-requests',
        message:
          'the engine drops its requests when it is told to stop: the command has no --shutdown-timeout and is left as it is',
      },
    ]);
  });

  test('a command that we cannot read is not warned of', () => expect(warned(planFor({ words: ['x'] }))).toEqual([]));
  test('one that has it is not either', () =>
    expect(warned(planFor({ words: serve('--shutdown-timeout', '9') }))).toEqual([]));
});

describe('the words of the user and ours are taken together', () => {
  test('-- would hide ours, so it is refused', () => {
    const plan = leaderPlan({ words: serve('-tp', '16', '--') });
    expect(plan.problems).toEqual([
      {
        name: 'config',
        message: 'cannot add --shutdown-timeout behind --: the engine takes nothing there as an option',
        hint: 'remove -- from the engine command',
      },
    ]);
    expect(planFor({ words: serve('--') }).problems).toEqual([]);
    const adopted = workerPlan({ words: serve('-tp', '16', '--shutdown-timeout', '1', ...mpAdds(1), '--') });
    expect(adopted.problems).toEqual([]);
  });

  test('-- in front of the engine hides nothing', () => {
    const words = ['tini', '--', ...large];
    const plan = leaderPlan({ words, options: { engine: 'vllm' } });
    expect([plan.problems, argvOf(plan)]).toEqual([[], [...words, ...drain, ...mpAdds(0)]]);
  });

  const refused = {
    name: 'config',
    message: 'cannot use --api-server-count 2: a --headless node starts no API server',
    hint: 'leave one of the two out',
  };

  test('API servers on a worker are refused there, and on the leader that would wait for it', () => {
    const words = serve('-tp', '16', '--api-server-count', '2');
    expect(workerPlan({ words }).problems).toEqual([refused]);
    expect(leaderPlan({ words }).problems).toEqual([refused]);
    expect(leaderPlan({ words, options: { 'no-group': true } }).problems).toEqual([]);
    expect(workerPlan({ words, options: { 'no-group': true } }).problems).toEqual([refused]);
  });

  test('a size that the nodes cannot share by replica is refused in the words of the engine', () => {
    const words = serve('-tp', '12', '-dp', '3');
    const options = { nnodes: 4, 'node-rank': 0, leader: 'head' };
    const { problems } = planFor({ words, options, facts: { gpus: gpus(9) } });
    expect(problems).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^cannot use --nnodes 4: it does not divide by the 3/),
      }),
    ]);
  });

  test('what was refused before is not said again', () => {
    const plan = workerPlan({ words: serve('-tp', '16', '--nnodes', '4', '--api-server-count', '2') });
    expect(messages(plan)).toEqual(['cannot add --nnodes 2: the command says --nnodes 4']);
  });
});

describe('a rehearsal', () => {
  const facts = { rehearsalProgram: ['/usr/bin/node', 'rehearsal.js'], vllm: null, dynamo: null };
  const options = { rehearse: true };

  test.each([
    [serve('-tp', '2'), ['serve', 'm', '-tp', '2']],
    [
      ['python3', '-m', 'vllm.entrypoints.openai.api_server', '--model', 'm'],
      ['serve', '--model', 'm'],
    ],
    [dynamoWorker('-tp', '2'), ['-m', 'dynamo.vllm', '--model', 'm', '-tp', '2']],
    [
      ['--model', 'm'],
      ['-m', 'dynamo.vllm', '--model', 'm'],
    ],
  ])('of %j runs the rehearsal engine with the same words', (words, run) => {
    const plan = planFor({ words, options, facts });
    expect(argvOf(plan)).toEqual([...facts.rehearsalProgram, ...run]);
    expect(plan.rehearsal).toBe(true);
    expect(plan.document.engine.command.slice(-words.length)).toEqual(words);
  });

  test('that spans nodes gets the words of mp', () => {
    const plan = workerPlan({ options, facts });
    expect(argvOf(plan)).toEqual([...facts.rehearsalProgram, 'serve', 'm', '-tp', '16', ...drain, ...mpAdds(1)]);
  });

  test('of a command that is no engine runs the command', () => {
    const plan = planFor({ words: ['my-server', 'x'], options, facts });
    expect([argvOf(plan), plan.rehearsal]).toEqual([['my-server', 'x'], false]);
  });

  test('is not meant where it is not asked for', () => {
    const plan = planFor({ facts });
    expect([argvOf(plan), plan.rehearsal]).toEqual([serve(), false]);
  });
});

test.each([
  ['the rank', { LWS_GROUP_SIZE: '2', LWS_LEADER_ADDRESS: 'a.b' }],
  ['the leader', { LWS_GROUP_SIZE: '2', LWS_WORKER_INDEX: '1' }],
])('without %s no process is planned, least of all as rank 0', (_, env) => {
  for (const executor of ['mp', 'ray'] as const) {
    const { document } = planFor({ words: large, env, facts: rayFacts, options: { executor } });
    expect([document.processes, document.decision.outcome, document.errors.length]).toEqual([[], executor, 1]);
  }
});
