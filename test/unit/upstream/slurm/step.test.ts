import { expect, test } from 'vitest';

import { mostTasks } from '#upstream/slurm/step.ts';

test.each([
  ['1', 1],
  ['1(x2)', 1],
  ['2(x3),1', 2],
  ['1,2', 2],
  ['1,3,2(x5)', 3],
  ['12(x100)', 12],
  ['', null],
  ['1(2)', null],
  ['1,', null],
  ['x', null],
  ['1(x2)y', null],
  ['y1(x2)', null],
  ['-1', null],
])('SLURM_STEP_TASKS_PER_NODE %j has at most %j tasks on a node', (text, most) => {
  expect(mostTasks(text)).toBe(most);
});
