import { expect, test } from 'vitest';

import { isToken, visibleToRay } from '#upstream/ray/start-variables.ts';

test.each([
  [undefined, null],
  ['', 0],
  ['NoDevFiles', 0],
  ['0', 1],
  ['0,1,3', 3],
  ['GPU-a,GPU-b', 2],
  ['-1', 1],
])('CUDA_VISIBLE_DEVICES %j lets a node have %s GPUs', (devices, count) => expect(visibleToRay(devices)).toBe(count));

test.each([
  ['abc', true],
  ['!~', true],
  ['x'.repeat(4096), true],
  ['x'.repeat(4097), false],
  ['', false],
  [' abc', false],
  ['abc\n', false],
  ['two words', false],
  ['gr\u00fc\u00df', false],
])('%j can be a token: %s', (text, token) => expect(isToken(text)).toBe(token));
