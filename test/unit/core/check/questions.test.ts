import { describe, expect, test } from 'vitest';

import { portQuestions } from '#core/check/port-questions.ts';
import { questionsOf } from '#core/check/questions.ts';
import { shmNeed } from '#core/check/shm-need.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';

import {
  dynamoWorker,
  elasticAlone,
  leaderHost,
  leaderPlan,
  planFor,
  rayLeader,
  rayWorker,
  serve,
  workerPlan,
} from '../plan/plan-for.ts';

const uses = (plan: LaunchPlan) => portQuestions(plan).map(({ use, ports }) => `${use} ${ports.join(' ')}`);
const kinds = (plan: LaunchPlan) => questionsOf(plan, {}).map(({ kind }) => kind);
const asked = <K extends ReturnType<typeof questionsOf>[number]['kind']>(plan: LaunchPlan, kind: K) =>
  questionsOf(plan, { HOME: '/h' }).filter((question) => question.kind === kind);

describe('the ports that a node would bind', () => {
  test.each([
    ['one node', planFor({}), ['status 9440', 'engine 8000']],
    ['a command', planFor({ words: ['x'] }), ['status 9440']],
    ['no status server', planFor({ words: ['x'], options: { 'status-port': 0 } }), []],
    ['the leader of mp', leaderPlan(), ['status 9440', 'group 9441', 'master 29500', 'engine 8000']],
    ['its worker', workerPlan(), ['status 9440', 'group 9441']],
    ['a worker of Dynamo', planFor({ words: dynamoWorker() }), ['status 9440', 'system 9090']],
    [
      'the leader of data-parallel',
      leaderPlan({ words: serve('-tp', '8', '-dp', '2') }),
      ['status 9440', 'rpc 13445', 'engine 8000'],
    ],
    ['its worker', workerPlan({ words: serve('-tp', '8', '-dp', '2') }), ['status 9440', 'engine 8000']],
    [
      'the head of Ray',
      rayLeader(),
      [...['status 9440', 'group 9441', 'engine 8000'], 'Ray 6379 6380 6381 6382 6383 6384 6385 6386 6387 6388'],
    ],
    [
      'ranks that move the cache',
      planFor({ words: serve('-tp', '2', '-dp', '3', '--kv-transfer-config', '{"kv_connector":"NixlConnector"}') }),
      ['status 9440', 'engine 8000', "the engine's NIXL side channel 5600 5601 5602"],
    ],
    ['its agent', rayWorker(), ['status 9440', 'group 9441', 'Ray 6380 6381 6382 6383 6384 6385']],
  ])('of %s', (_, plan, expected) => expect(uses(plan)).toEqual(expected));

  test('the engine binds the address that its words name, and every address where that is all', () => {
    const hostOf = (...words: readonly string[]) =>
      portQuestions(planFor({ words: serve(...words) })).find(({ use }) => use === 'engine')?.host;
    expect(hostOf('--host', '127.0.0.2')).toBe('127.0.0.2');
    expect(hostOf('--host', '0.0.0.0')).toBeNull();
    expect(hostOf()).toBeNull();
  });
});

describe('the questions of a launch', () => {
  test.each([
    ['one node', planFor({}), ['ports', 'ports', 'model', 'shm', 'limits', 'clock']],
    ['a command', planFor({ words: ['x'] }), ['ports', 'limits', 'clock']],
    ['a rehearsal', planFor({ options: { rehearse: true } }), ['ports', 'ports', 'shm', 'limits', 'clock']],
    ['a model by its path', planFor({ words: ['vllm', 'serve', '/m'] }), ['ports', 'ports', 'shm', 'limits', 'clock']],
    ['a worker', workerPlan(), ['ports', 'ports', 'leader', 'members', 'model', 'shm', 'limits', 'clock']],
    [
      'a worker of Dynamo',
      planFor({ words: dynamoWorker('--event-plane', 'nats') }),
      ['ports', 'ports', 'service', 'service', 'model', 'shm', 'limits', 'clock'],
    ],
  ])('of %s', (_, plan, expected) => expect(kinds(plan)).toEqual(expected));

  test('members are asked for where their names are known, the leader by itself', () => {
    const plan = planFor({ words: serve('-tp', '16'), options: { hosts: ['n0', 'n1', 'n2'], 'node-rank': 1 } });
    expect(asked(plan, 'leader')).toEqual([{ kind: 'leader', host: 'n0' }]);
    expect(asked(plan, 'members')).toEqual([{ kind: 'members', hosts: ['n1', 'n2'] }]);
  });

  test("a worker asks the leader's status server for its clock, the leader nobody", () => {
    expect(asked(workerPlan(), 'clock')).toEqual([{ kind: 'clock', leader: { host: leaderHost, port: 9_440 } }]);
    expect(asked(leaderPlan(), 'clock')).toEqual([{ kind: 'clock', leader: null }]);
    expect(asked(workerPlan({ options: { 'status-port': 0 } }), 'clock')).toEqual([{ kind: 'clock', leader: null }]);
  });

  test('a model comes to where its words or the hub keep it', () => {
    expect(asked(planFor({ words: serve('--download-dir', '/d') }), 'model')).toMatchObject([
      { model: 'm', downloads: '/d', hub: { cache: '/h/.cache/huggingface/hub' } },
    ]);
  });

  test('Ray asks for one file more, a command for none', () => {
    expect(asked(rayWorker(), 'limits')).toMatchObject([{ files: 65_536, who: 'Ray' }]);
    expect(asked(planFor({}), 'limits')).toMatchObject([{ files: 65_535, who: 'vLLM' }]);
    expect(asked(planFor({ words: ['x'] }), 'limits')).toMatchObject([{ files: 0 }]);
  });
});

const mebibytes = (plan: LaunchPlan) => shmNeed(plan).neededBytes / 1_048_576;

test.each([
  ['one process', planFor({}), 0],
  ['a worker for each of two GPUs', planFor({ words: serve('-tp', '2') }), 160 + 2 * 240],
  ['two replicas of two', planFor({ words: serve('-tp', '2', '-dp', '2') }), 2 * (160 + 2 * 240)],
  ['no more replicas than GPUs', planFor({ words: serve('-tp', '8', '-dp', '4') }), 160 + 8 * 240],
  ['eight of sixteen processes', workerPlan(), 9 * 24],
  ['the same on Ray', rayWorker(), 75 + 9 * 24],
  ['its share of the replicas', leaderPlan({ words: serve('-tp', '4', '-dp', '4') }), 2 * (160 + 4 * 240)],
  ['one process on Ray', elasticAlone(), 75],
])('%s may fill that much of /dev/shm', (_, plan, expected) => expect(mebibytes(plan)).toBe(expected));
