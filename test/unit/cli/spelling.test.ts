import { expect, test } from 'vitest';

import { editDistance, nearest } from '#cli/spelling.ts';

test.each([
  ['', '', 0],
  ['a', '', 1],
  ['', 'ab', 2],
  ['run', 'run', 0],
  ['rnu', 'run', 1],
  ['rum', 'run', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
  ['plan', 'paln', 1],
  ['abcd', 'dcba', 3],
])('from %s to %s it takes %i steps', (a, b, steps) => {
  expect(editDistance(a, b)).toBe(steps);
  expect(editDistance(b, a)).toBe(steps);
});

test.each([
  ['nodernk', ['node-rank', 'nodes'], ['node-rank']],
  ['rank', ['node-rank', 'rank-from', 'nodes'], ['node-rank', 'rank-from']],
  ['nnode', ['nnodes', 'nodes', 'node-rank'], ['nnodes']],
  ['x', ['run', 'plan'], []],
  ['zebra', ['run', 'plan'], []],
  [
    'timeout',
    ['dns-timeout', 'group-timeout', 'peer-timeout', 'stall-timeout'],
    ['dns-timeout', 'group-timeout', 'peer-timeout'],
  ],
])('%s among %j may mean %j', (word, candidates, meant) => {
  expect(nearest(word, candidates)).toEqual(meant);
});

test('a very long word takes no long time', () => {
  expect(nearest('x'.repeat(1_000_000), ['node-rank'])).toEqual([]);
});
