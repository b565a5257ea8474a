import { expect, test } from 'vitest';

import type { OptionOrigins, Options } from '#core/options.ts';
import { localWords } from '#core/plan/local-words.ts';

import { withOptions } from '../bare-facts.ts';

const words = (options: Partial<Options>, rank = 1, origins?: OptionOrigins) =>
  localWords(
    {
      options: withOptions(options),
      origins: origins ?? Object.fromEntries(Object.keys(options).map((name) => [name, 'option'])),
      argv: ['vllm', 'serve', 'm', '--nnodes', '3', ''],
    },
    rank,
    'local-7',
  );

const place = (rank: number, [group, status]: readonly [string, string], nodes = '2', name = 'local-7') => [
  ...['--nnodes', nodes, '--node-rank', String(rank), '--leader', '127.0.0.1:9441', '--local-group', name],
  ...['--group-port', group, '--status-port', status],
];
const command = ['--', 'vllm', 'serve', 'm', '--nnodes', '3', ''];

test.each([
  [0, ['9441', '9440']],
  [1, ['9443', '9442']],
  [3, ['9447', '9446']],
] as const)('the launcher of rank %i has its place and ports of its own', (rank, ports) => {
  expect(words({}, rank)).toEqual(['run', ...place(rank, ports), ...command]);
});

test('the size, the ports and the name of the group are those of the user', () => {
  const options = { nodes: 4, 'group-port': 7000, 'status-port': 8000, group: 'g' };
  expect(words(options)).toEqual([
    ...['run', '--nnodes', '4', '--node-rank', '1', '--leader', '127.0.0.1:7000', '--local-group', 'g'],
    ...['--group-port', '7002', '--status-port', '8002'],
    ...command,
  ]);
});

test('a status port that is off is off on every node', () => {
  expect(words({ 'status-port': 0 })).toEqual(['run', ...place(1, ['9443', '0']), ...command]);
});

test('options that were given are handed on, by their kind', () => {
  const options: Partial<Options> = {
    'gpus-per-node': 1,
    executor: 'mp',
    grace: 1500,
    'peer-timeout': 60_000,
    rehearse: true,
    'rehearsal-fault': ['0:die', '1:hang'],
    'log-format': 'json',
  };
  const handed = [
    ...['--gpus-per-node', '1', '--executor', 'mp', '--grace', '1500ms', '--peer-timeout', '1m'],
    ...['--log-format', 'json', '--rehearse', '--rehearsal-fault', '0:die,1:hang'],
  ];
  expect(words(options)).toEqual(['run', ...handed, ...place(1, ['9443', '9442']), ...command]);
  const origins = Object.fromEntries(Object.keys(options).map((name) => [name, 'variable' as const]));
  expect(words(options, 1, origins)).toEqual(words(options));
});

test('what is at its default, switched off, unknown or no option of run is not', () => {
  expect(words({ executor: 'mp', grace: 7 }, 1, { executor: 'default' })).toEqual(words({}));
  expect(words({ rehearse: false, executor: null, nodes: 2, watch: true })).toEqual(words({}));
});

test('each launcher has files of its own', () => {
  expect(words({ journal: '/tmp/j', 'termination-log': 't' })).toEqual([
    'run',
    ...place(1, ['9443', '9442']),
    ...['--journal', '/tmp/j.1', '--termination-log', 't.1'],
    ...command,
  ]);
});
