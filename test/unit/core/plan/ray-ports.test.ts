import { describe, expect, test } from 'vitest';

import type { LaunchPlan } from '#core/plan/plan.ts';

import type { Launch } from './plan-for.ts';
import { dynamoWorker, leaderPlan, messages, processOf, rayLeader, rayWorker, serve } from './plan-for.ts';

const both = [rayLeader, rayWorker] as const;
const problems = (plan: LaunchPlan) => plan.problems.map(({ name, message, hint }) => [name, message, hint]);

describe('ports', () => {
  const twice = (port: number, one: string, other: string) => [
    'config',
    `cannot use port ${port} twice: it is ${one} and that of Ray's ${other}`,
    'choose another --ray-port, or move the other one',
  ];
  const at = (port: number, options: Launch['options'] = {}): Launch => ({ options: { 'ray-port': port, ...options } });

  test.each([
    ['the GCS', at(9441), twice(9441, '--group-port', 'GCS (--ray-port)')],
    ['the node manager', at(9439, { 'no-group': true }), twice(9440, '--status-port', 'node manager (--ray-port + 1)')],
    ['the object manager', at(29_498), twice(29_500, '--master-port', 'object manager (--ray-port + 2)')],
    [
      'the runtime environment',
      at(7997),
      twice(8000, "the engine's own", 'runtime environment agent (--ray-port + 3)'),
    ],
    [
      "the dashboard's agent",
      at(8261),
      twice(8265, "that of Ray's dashboard", 'dashboard agent (gRPC) (--ray-port + 4)'),
    ],
    ['its HTTP', at(9996), twice(10_001, "that of Ray's client server", 'dashboard agent (HTTP) (--ray-port + 5)')],
    ['metrics', at(6379, { 'group-port': 6385 }), twice(6385, '--group-port', 'metrics (--ray-port + 6)')],
    [
      'the client server',
      at(1000, { 'status-port': 1007 }),
      twice(1007, '--status-port', 'client server (--ray-port + 7)'),
    ],
    [
      'autoscaler',
      at(1000, { 'master-port': 1008 }),
      twice(1008, '--master-port', 'autoscaler metrics (--ray-port + 8)'),
    ],
    [
      'dashboard',
      at(1000, { 'master-port': 1009 }),
      twice(1009, '--master-port', 'dashboard metrics (--ray-port + 9)'),
    ],
  ])('of Ray and of others are not the same: %s', (_, launch, problem) => {
    for (const plan of both) expect(problems(plan(launch))).toEqual([problem]);
  });

  test('of the engine are those of its own words', () => {
    expect(messages(rayLeader({ words: serve('-tp', '16', '--port', '6380') }))).toHaveLength(1);
    expect(messages(rayLeader({ words: serve('-tp', '16', '--data-parallel-rpc-port', '6381') }))).toEqual([
      "cannot use port 6381 twice: it is the engine's --data-parallel-rpc-port and that of Ray's object manager (--ray-port + 2)",
    ]);
    const words = dynamoWorker('-tp', '16');
    expect(messages(rayWorker({ words, env: { DYN_SYSTEM_PORT: '6379' } }))).toHaveLength(1);
    expect(rayWorker({ words, env: { DYN_SYSTEM_PORT: '0' } }).problems).toEqual([]);
  });

  test('that are not used are free', () => {
    expect(rayLeader(at(9441, { 'no-group': true })).problems).toEqual([]);
    expect(rayLeader(at(9440, { 'status-port': 0, 'group-port': 1 })).problems).toEqual([]);
    expect(leaderPlan(at(9441)).problems).toEqual([]);
  });

  test("of others within those of Ray's workers leave them the longest part", () => {
    const words = serve('-tp', '16', '--port', '18000');
    for (const [plan, name] of [
      [rayLeader, 'ray-head'],
      [rayWorker, 'ray-agent'],
    ] as const)
      expect(processOf(plan({ words }), name)?.argv.slice(-2)).toEqual([
        '--min-worker-port=10002',
        '--max-worker-port=17999',
      ]);
    const inside = processOf(rayLeader(at(12_000)), 'ray-head');
    expect(inside?.argv.slice(-2)).toEqual(['--min-worker-port=12010', '--max-worker-port=19999']);
  });
});
