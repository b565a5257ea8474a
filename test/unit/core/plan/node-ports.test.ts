import { describe, expect, test } from 'vitest';

import type { LaunchPlan } from '#core/plan/plan.ts';

import type { Launch } from './plan-for.ts';
import { dynamoWorker, elasticAlone, leaderPlan, messages, planFor, rayLeader, serve, workerPlan } from './plan-for.ts';

const nixl = ['--kv-transfer-config', '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'];
const events = (port: number) => [
  '--kv-events-config',
  JSON.stringify({ enable_kv_cache_events: true, publisher: 'zmq', endpoint: `tcp://*:${port}` }),
];
const twice = (port: number, one: string, other: string) => `cannot use port ${port} twice: it is ${one} and ${other}`;
const side = (more = '') => `that of the engine's NIXL side channel (VLLM_NIXL_SIDE_CHANNEL_PORT${more})`;
const publisher = (more = '') => `that of the engine's KV events (--kv-events-config${more})`;
const system = "that of Dynamo's system server";

describe('two ports of one node that are the same', () => {
  type Row = readonly [name: string, plan: (launch: Launch) => LaunchPlan, launch: Launch, message: string];
  const rows: readonly Row[] = [
    [
      'status and group',
      leaderPlan,
      { options: { 'status-port': 9441 } },
      twice(9441, '--status-port', '--group-port'),
    ],
    [
      'status and master',
      leaderPlan,
      { options: { 'status-port': 29_500 } },
      twice(29_500, '--status-port', '--master-port'),
    ],
    [
      'group and master',
      workerPlan,
      { options: { 'group-port': 29_500 } },
      twice(29_500, '--group-port', '--master-port'),
    ],
    [
      'status and engine',
      planFor,
      { words: serve('--port', '9440') },
      twice(9440, '--status-port', "the engine's own"),
    ],
    [
      'status and engine of a default',
      planFor,
      { options: { 'status-port': 8000 } },
      twice(8000, '--status-port', "the engine's own"),
    ],
    [
      'status and system',
      planFor,
      { words: dynamoWorker(), options: { 'status-port': 9090 } },
      twice(9090, '--status-port', system),
    ],
    [
      'system and side channel',
      planFor,
      { words: dynamoWorker(...nixl), env: { DYN_SYSTEM_PORT: '5600' } },
      twice(5600, system, side()),
    ],
    [
      'KV events and side channel',
      planFor,
      { words: dynamoWorker(...nixl, ...events(5600)) },
      twice(5600, side(), publisher()),
    ],
    [
      'KV events and metrics',
      planFor,
      { words: dynamoWorker(...events(20_380)), env: { DYN_FORWARDPASS_METRIC_PORT: '20380' } },
      twice(20_380, publisher(), "that of Dynamo's forward-pass metrics (DYN_FORWARDPASS_METRIC_PORT)"),
    ],
    [
      'the rpc port and the group',
      leaderPlan,
      { words: serve('-dp', '16', '-ep'), options: { 'data-parallel-rpc-port': 9441 } },
      twice(9441, '--group-port', "the engine's --data-parallel-rpc-port"),
    ],
    [
      'a rank of one and the first of the other',
      planFor,
      { words: serve('-dp', '4', ...nixl, ...events(5602)) },
      twice(5602, `${side()} + 2`, publisher()),
    ],
    [
      'status and a later rank',
      planFor,
      { words: serve('-dp', '8', ...nixl), options: { 'status-port': 5607 } },
      twice(5607, '--status-port', `${side()} + 7`),
    ],
    [
      'status and a rank of the second node',
      workerPlan,
      { words: serve('-dp', '16', ...nixl), options: { 'status-port': 5609 } },
      twice(5609, '--status-port', `${side(' + rank 8')} + 1`),
    ],
    [
      'status and the rank of a process',
      planFor,
      { words: serve('-dp', '8', '-dpn', '3', ...nixl), options: { 'status-port': 5603 } },
      twice(5603, '--status-port', side(' + rank 3')),
    ],
    [
      'the supervisor',
      planFor,
      { words: serve('-dp', '2', '-dpl', '2', '-dpm'), options: { 'status-port': 9256 } },
      twice(9256, '--status-port', "the engine's --data-parallel-supervisor-port"),
    ],
    [
      "Ray's and a rank's",
      rayLeader,
      { words: serve('-tp', '16', '-dp', '1', ...events(6379)) },
      twice(6379, publisher(), "that of Ray's GCS (--ray-port)"),
    ],
    [
      "Ray's and a later rank's",
      elasticAlone,
      { words: serve('--enable-elastic-ep', '--enable-eplb', '-ep', '-dpb', 'ray', '-dp', '4', ...events(6377)) },
      twice(6379, `${publisher()} + 2`, "that of Ray's GCS (--ray-port)"),
    ],
  ];
  test.each(rows)('are refused: %s', (_, plan, launch, message) => {
    const { problems } = plan(launch);
    expect(problems[0]).toMatchObject({ name: 'config', message });
  });

  test('are told with what moves each of them', () => {
    const [problem] = planFor({ words: dynamoWorker(...nixl), env: { DYN_SYSTEM_PORT: '5600' } }).problems;
    expect(problem?.hint).toBe('move one of them: DYN_SYSTEM_PORT or VLLM_NIXL_SIDE_CHANNEL_PORT');
  });

  test('are refused on every node alike', () => {
    const options = { 'group-port': 29_500 };
    expect(messages(workerPlan({ options }))).toEqual(messages(leaderPlan({ options })));
  });
});

describe('nothing is refused', () => {
  test.each<readonly [string, LaunchPlan]>([
    ['where all are at their defaults', leaderPlan({ words: serve('-tp', '16', ...nixl, ...events(5557)) })],
    ['of what is switched off', planFor({ words: serve('--port', '9440'), options: { 'status-port': 0 } })],
    ['of two that are both any port', planFor({ words: serve('--port', '0'), options: { 'status-port': 0 } })],
    ['of a link that there is not', planFor({ words: serve('--port', '9441') })],
    ['of a rendezvous that there is not', planFor({ words: serve('--port', '29500') })],
    ['of a rank elsewhere', leaderPlan({ words: serve('-dp', '16', ...nixl), options: { 'status-port': 5608 } })],
    [
      'of a rank before those of this node',
      workerPlan({ words: serve('-dp', '16', ...nixl), options: { 'status-port': 5607 } }),
    ],
    ['of two rows that are moved together', planFor({ words: serve('-dp', '8', ...nixl, ...events(5608)) })],
    [
      'of a server that Dynamo switched off',
      planFor({ words: dynamoWorker(), env: { DYN_SYSTEM_PORT: '-1' }, options: { 'status-port': 9090 } }),
    ],
    ['of the metrics of Dynamo under vLLM', planFor({ env: { DYN_FORWARDPASS_METRIC_PORT: '8000' } })],
    ["of what a command of one's own may bind", planFor({ words: ['x', '--port', '9440'] })],
    [
      'of a replica that begins on another node',
      leaderPlan({ words: serve('-tp', '8', '-pp', '1', '-dp', '2', ...nixl), options: { 'status-port': 5601 } }),
    ],
  ])('%s', (_, { problems }) => expect(problems).toEqual([]));
});
