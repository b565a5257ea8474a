import { expect, test } from 'vitest';

import { problem } from '#core/errors.ts';
import { renderProblem } from '#core/report/problem-text.ts';

test('a problem is one line: what cannot be, why, and what to do', () => {
  expect(renderProblem(problem('config', 'cannot x: y', 'do z'))).toBe('vllm-launch: cannot x: y; do z\n');
});

test('without a hint there is nothing after the reason', () => {
  expect(renderProblem(problem('config', 'cannot x: y', ''))).toBe('vllm-launch: cannot x: y\n');
});
