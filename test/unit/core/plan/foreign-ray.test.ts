import { describe, expect, test } from 'vitest';

import type { LaunchPlan } from '#core/plan/plan.ts';

import type { Launch } from './plan-for.ts';
import {
  dynamoWorker,
  elasticAlone,
  elasticWorker,
  leaderPlan,
  messages,
  planFor,
  rayLeader,
  rayWorker,
  workerPlan,
} from './plan-for.ts';

const backend = 'nvidia.com/vllm-distributed-executor-backend';
const alone =
  'give the engine command alone (args: of the manifest), then vllm-launch starts Ray where the plan needs it';
const dynamo = { DYN_PARENT_DGD_K8S_NAME: 'd' };
const mpPod: Launch = { env: dynamo, annotations: { [backend]: 'mp' } };
const inPod: Launch = { facts: { inPod: true } };
const here = [{ host: '127.0.0.1', port: 6379 }];

describe('a shell string with `ray start` in it', () => {
  const begins = ['/bin/sh', '-c', 'ray start --address=a:6379 --block'];
  const later = ['/bin/sh', '-c', 'cd /x && ray start --head && python3 -m dynamo.vllm'];
  const refused = (what: string) => `cannot run ${what}: this launcher starts Ray itself where the plan needs it`;

  test.each<readonly [string, LaunchPlan, string]>([
    ['that begins so', planFor({ words: begins }), 'a shell string that begins with `ray start`'],
    ['that begins so on two', workerPlan({ words: begins }), 'a shell string that begins with `ray start`'],
    [
      'that begins so, with an engine behind',
      leaderPlan({
        words: ['sh', '-c', 'ray start --head; exec "$@"', 'sh', ...dynamoWorker()],
        options: { engine: 'dynamo' },
      }),
      'a shell string that begins with `ray start`',
    ],
    ['on two', leaderPlan({ words: later }), 'a shell string with `ray start` in it'],
  ])('is refused: %s', (_, plan, what) => expect(messages(plan)).toEqual([refused(what)]));

  test('runs untouched where nothing is added to it', () => {
    expect(messages(planFor({ words: later }))).toEqual([]);
    expect(messages(leaderPlan({ words: later, options: { outcome: 'replicas' } }))).toEqual([]);
    expect(messages(leaderPlan({ words: later, options: { outcome: 'single' } }))).toEqual([]);
  });

  test('is answered with the annotation in a pod of a Dynamo deployment', () => {
    const [problem] = workerPlan({ words: begins, env: dynamo }).problems;
    expect(problem?.hint).toBe(`${alone}; or set the annotation ${backend}: mp on the deployment`);
    expect(workerPlan({ words: begins }).problems[0]?.hint).toBe(
      `${alone}; for Ray alone use \`vllm-launch exec -- ray start ...\``,
    );
  });
});

describe('a Ray head that is not ours', () => {
  test.each<readonly [string, LaunchPlan, LaunchPlan['foreignRay']]>([
    ['where ours would take its place in a pod', rayLeader(inPod), here],
    [
      'at the port of ours',
      rayLeader({ ...inPod, options: { 'ray-port': 6400 } }),
      [{ host: '127.0.0.1', port: 6400 }],
    ],
    ['where one node has all', elasticAlone(inPod), here],
    ['for mp on the leader of a Dynamo deployment', leaderPlan(mpPod), here],
    ['for mp on a worker of one', workerPlan(mpPod), here],
    ['not where there is no head of ours', rayWorker(inPod), []],
    ['not where an agent is all', elasticWorker(inPod), []],
    ['not on a bare machine, where the last launch may just be leaving', rayLeader(), []],
    ['not for mp elsewhere, where another job may have its own', leaderPlan(inPod), []],
    ['not where nothing spans nodes', planFor(mpPod), []],
    ['not where the launch is refused anyway', rayLeader({ ...inPod, options: { 'status-port': 6379 } }), []],
  ])('is asked for %s', (_, plan, places) => expect(plan.foreignRay).toEqual(places));

  test('that answered is refused with the form to use', () => {
    const facts = { foreignRay: '127.0.0.1:6379' };
    const answered = (outcome: string) =>
      `cannot run the outcome ${outcome}: a Ray head that this launcher did not start answers at 127.0.0.1:6379`;
    const [onRay] = rayLeader({ facts: { inPod: true, ...facts } }).problems;
    expect([onRay?.name, onRay?.message]).toEqual(['config', answered('ray')]);
    expect(onRay?.hint).toContain(`start no Ray in this pod: ${alone}`);
    const [onMp] = workerPlan({ ...mpPod, facts }).problems;
    expect(onMp).toMatchObject({ name: 'config', message: answered('mp') });
    expect(onMp?.hint).toContain(`${backend}: mp`);
  });
});

describe('RAY_ADDRESS at this node, for mp in a pod of a Dynamo deployment', () => {
  const interfaces = [
    { name: 'lo', address: '127.0.0.1', internal: true },
    { name: 'eth0', address: '10.0.0.7', internal: false },
    { name: 'eth0', address: 'fd00::7', internal: false },
  ];
  const plan = (RAY_ADDRESS: string, launch: Launch = mpPod) =>
    leaderPlan({ ...launch, env: { ...launch.env, RAY_ADDRESS }, facts: { interfaces } });

  test.each([
    'auto',
    'local',
    'localhost:6379',
    '127.0.0.1:6379',
    '[::1]:6379',
    'n1:6379',
    '10.0.0.7:6379',
    '10.0.0.7',
    '[fd00::7]:6379',
    'ray://localhost:10001',
  ])('%s is refused', (address) =>
    expect(plan(address).problems).toEqual([
      {
        name: 'config',
        message: `cannot run the outcome mp: RAY_ADDRESS=${address} points at a Ray on this node, and mp has none`,
        hint: `unset RAY_ADDRESS, or set the annotation ${backend}: ray on the deployment`,
      },
    ]),
  );

  test.each(['10.0.0.8:6379', 'head:6379', 'http://127.0.0.1:8265', ''])('%j is nobody of this node', (address) =>
    expect(plan(address).problems).toEqual([]),
  );

  test('is nothing to mp elsewhere', () => expect(plan('auto', {}).problems).toEqual([]));
});
