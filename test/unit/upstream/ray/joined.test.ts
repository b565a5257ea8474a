import { expect, test } from 'vitest';

import { compareNodes } from '#upstream/ray/joined.ts';
import type { JoinedNodes } from '#upstream/ray/joined.ts';
import type { RayNode } from '#upstream/ray/node.ts';

let count = 0;

function node(ip: string, gpus: number, more: Partial<RayNode> = {}): RayNode {
  count += 1;
  return {
    id: String(count).padStart(56, '0'),
    ip,
    hostname: `host-${ip}`,
    name: ip,
    state: 'alive',
    isHead: false,
    gpus,
    cpus: 1,
    nodeManagerPort: 1,
    sessionDir: null,
    tempDir: null,
    death: null,
    ...more,
  };
}

const head = node('a', 4, { isHead: true });
const dead = (ip: string): RayNode => node(ip, 4, { state: 'dead', death: { reason: 'unexpected', message: '' } });
const ips = ['a', 'b'];
const two = { nodes: 2, gpusEach: 4, ips };
const unknown = { nodes: 2, gpusEach: 4, ips: null };

const rows: readonly (readonly [string, readonly RayNode[], typeof two | typeof unknown, Partial<JoinedNodes>])[] = [
  ['nobody', [], two, { ready: false, present: 0, missing: ips, head: null }],
  ['the head alone', [head], two, { ready: false, present: 1, missing: ['b'], head: 'a' }],
  ['all', [head, node('b', 4)], two, { ready: true, present: 2, missing: [], short: [], surplus: [], doubled: [] }],
  ['more GPUs than wanted', [head, node('b', 8)], two, { ready: true, short: [] }],
  ['one GPU less', [head, node('b', 3)], two, { ready: false, short: [{ ip: 'b', gpus: 3, wanted: 4 }] }],
  ['a head without GPUs', [node('a', 0, { isHead: true }), node('b', 4)], two, { ready: false, present: 2 }],
  ['one dead', [head, dead('b')], two, { ready: false, missing: ['b'] }],
  ['one dead that joined again', [head, dead('b'), node('b', 4)], two, { ready: true, doubled: [] }],
  ['many dead', [head, dead('b'), dead('b'), dead('c'), node('b', 4)], two, { ready: true, surplus: [] }],
  ['one stranger', [head, node('c', 4)], two, { ready: false, present: 1, missing: ['b'], surplus: ['c'] }],
  ['all and a stranger', [node('c', 1), head, node('b', 4)], two, { ready: true, surplus: ['c'], short: [] }],
  ['all, without a head', [node('a', 4), node('b', 4)], two, { ready: false, head: null, missing: [] }],
  ['one draining', [head, node('b', 4, { state: 'draining' })], two, { ready: false, draining: ['b'], missing: ['b'] }],
  ['addresses unknown, all', [node('x', 4, { isHead: true }), node('y', 4)], unknown, { ready: true, missing: [] }],
  ['addresses unknown, one', [head], unknown, { ready: false, present: 1, missing: [] }],
  [
    'addresses unknown, one short',
    [head, node('b', 1)],
    unknown,
    { ready: false, short: [{ ip: 'b', gpus: 1, wanted: 4 }] },
  ],
  [
    'addresses unknown, one short and one more',
    [head, node('b', 1), node('c', 4)],
    unknown,
    { ready: true, present: 3, surplus: ['c'] },
  ],
  [
    'more addresses than nodes',
    [head, node('b', 4)],
    { ...two, ips: ['a', 'b', 'c'] },
    { ready: false, missing: ['c'] },
  ],
  ['fewer addresses than nodes', [head], { ...two, ips: ['a'] }, { ready: false, missing: [] }],
  ['an address wanted twice', [head, node('b', 4)], { ...two, ips: ['a', 'b', 'b'] }, { ready: true }],
  [
    'IPv6 in other letters',
    [node('FD00::A', 4, { isHead: true }), node('b', 4)],
    { ...two, ips: ['fd00::a', 'B'] },
    { ready: true, head: 'fd00::a' },
  ],
];

test.each(rows)('%s', (_, nodes, want, expected) => {
  expect(compareNodes(nodes, want)).toMatchObject({ wanted: 2, ...expected });
});

test('two alive at one address are one that joined twice: counted once, named, not ready, with the fewer GPUs', () => {
  const twins = [node('b', 4), node('b', 2)];
  const all = compareNodes([head, ...twins], two);
  expect(all).toMatchObject({ ready: false, present: 2, missing: [], surplus: [] });
  expect(all.doubled).toEqual([{ ip: 'b', ids: twins.map(({ id }) => id) }]);
  expect(all.short).toEqual([{ ip: 'b', gpus: 2, wanted: 4 }]);
  const enough = [node('b', 4), node('b', 4)];
  expect(compareNodes([head, ...enough], two)).toMatchObject({ ready: false, short: [] });
  expect(compareNodes([head, ...enough], unknown)).toMatchObject({ ready: false, present: 2 });
});

test('strangers that joined twice or are leaving do not hold up the wanted', () => {
  const strangers = [node('c', 4), node('c', 4), node('d', 4, { state: 'draining' })];
  expect(compareNodes([head, node('b', 4), ...strangers], two)).toMatchObject({ ready: true, surplus: ['c'] });
});
