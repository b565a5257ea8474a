import { expect, test } from 'vitest';

import { readRestNodes } from '#upstream/ray/rest.ts';

const id = 'ab'.repeat(28);
const alive = {
  node_id: id,
  node_ip: '10.0.0.1',
  node_name: 'one',
  is_head_node: true,
  state: 'ALIVE',
  state_message: null,
  resources_total: { CPU: 2, GPU: 4, 'node:10.0.0.1': 1 },
};
const dead = { ...alive, is_head_node: false, state: 'DEAD', state_message: 'gone', resources_total: {} };
const list = (...result: readonly unknown[]): object => ({
  result: true,
  msg: '',
  data: { result: { total: result.length, num_filtered: result.length, result, partial_failure_warning: '' } },
});

test('the dashboard tells nodes as the GCS does, without ports and directories', () => {
  const read = readRestNodes(list(alive, dead));
  expect(read).toMatchObject({
    ok: true,
    nodes: [
      { id, ip: '10.0.0.1', name: 'one', state: 'alive', isHead: true, gpus: 4, cpus: 2, nodeManagerPort: null },
      { state: 'dead', isHead: false, death: { message: 'gone' } },
    ],
  });
  expect(readRestNodes(list())).toEqual({ ok: true, nodes: [] });
});

test.each<readonly [unknown, string]>([
  [null, 'no result'],
  ['text', 'no result'],
  [{ result: false, msg: 'GCS is away' }, 'GCS is away'],
  [{ result: true }, 'no list of nodes'],
  [{ result: true, data: { result: { result: {} } } }, 'no list of nodes'],
  [
    { result: true, data: { result: { result: [], partial_failure_warning: 'one did not answer' } } },
    'one did not answer',
  ],
  [list(alive, null), 'node 2: state unreadable'],
  [list({ ...alive, state: 'DRAINED' }), 'node 1: state unreadable'],
  [list({ ...alive, node_ip: '' }), 'node 1: alive without an address'],
  [list({ ...alive, node_id: 'x' }), 'node 1: an id of 0.5 bytes (28 expected)'],
  [list({ ...alive, resources_total: { GPU: 4 } }), 'node 1: alive without CPU or node: resource'],
  [list({ ...alive, resources_total: { CPU: 1, GPU: '4' } }), 'node 1: alive with NaN GPU and 1 CPU'],
])('%j is not believed', (body, reason) => {
  expect(readRestNodes(body)).toEqual({ ok: false, reason });
});
