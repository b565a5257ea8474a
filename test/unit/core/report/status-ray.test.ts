import { expect, test } from 'vitest';

import { statusDocument } from '#core/report/status.ts';
import { unasked } from '#core/supervision/ray-view.ts';
import type { State } from '#core/supervision/state.ts';

import { both, cluster, head, headed, rayNode } from '../../../world/drive-ray.ts';
import { planWith, readyState } from './states.ts';

const plan = planWith({ ray: head });
const rayOf = (state: State) => statusDocument(state, 0).ray;

test('the cluster is told with its address, its nodes and what is waited for', () => {
  expect(rayOf(headed().state)).toEqual({
    address: 'node0:6379',
    means: 'wire',
    cluster,
    waiting: headed().state.base.ray?.why,
    nodes: [],
  });
});

test('while the engine runs it is told why Ray is silent, not what was waited for', () => {
  const ray = { ...unasked, why: 'the nodes', nodes: both, cluster };
  expect(rayOf(readyState({ plan, ray }))).toEqual({
    address: 'node0:6379',
    means: 'wire',
    cluster,
    waiting: null,
    nodes: [
      { ip: '10.0.0.1', state: 'alive', gpus: 1 },
      { ip: '10.0.0.2', state: 'alive', gpus: 1 },
    ],
  });
  expect(rayOf(readyState({ plan, ray: { ...ray, silent: 'refused' } }))?.waiting).toBe('refused');
});

test('before it was asked nothing is known of it', () => {
  const blank = { address: 'node0:6379', means: 'wire', cluster: null, waiting: null, nodes: [] };
  expect(rayOf(readyState({ plan }))).toEqual(blank);
  const asking = headed().state;
  expect(rayOf({ ...asking, base: { ...asking.base, ray: null } })).toEqual(blank);
});

test('nodes are not listed without end, and without Ray there is nothing to tell', () => {
  const nodes = Array.from({ length: 5_000 }, () => rayNode('10.0.0.1'));
  expect(rayOf(readyState({ plan, ray: { ...unasked, nodes } }))?.nodes).toHaveLength(4_096);
  expect(rayOf(readyState({ ray: unasked }))).toBeNull();
});
