import { expect, test } from 'vitest';

import { visibleToRay } from '#upstream/ray/start-variables.ts';

test.each([
  [undefined, null],
  ['', 0],
  ['NoDevFiles', 0],
  ['0', 1],
  ['0,1,3', 3],
  ['GPU-a,GPU-b', 2],
  ['-1', 1],
])('CUDA_VISIBLE_DEVICES %j lets a node have %s GPUs', (devices, count) => expect(visibleToRay(devices)).toBe(count));
