import { expect, test } from 'vitest';

import { optionTable } from '#core/options.ts';
import { backendAnnotation, backendGates, deploymentVariable, dynamoKeyPrefix } from '#upstream/dynamo/keys.ts';

test('the options of the thresholds have the thresholds as their defaults', () => {
  expect(backendGates.map(({ rule, mpFrom }) => [rule, mpFrom])).toEqual([
    ['origin-version', optionTable['mp-from-origin-version'].default],
    ['operator-version', optionTable['mp-from-operator-version'].default],
  ]);
});

test('the names are those of the operator', () => {
  expect([backendAnnotation, deploymentVariable, ...backendGates.map(({ key }) => key)]).toEqual([
    'nvidia.com/vllm-distributed-executor-backend',
    'DYN_PARENT_DGD_K8S_NAME',
    'nvidia.com/dynamo-operator-origin-version',
    'nvidia.com/dynamo-operator-version',
  ]);
  expect(backendGates.every(({ key }) => key.startsWith(dynamoKeyPrefix))).toBe(true);
  expect(backendAnnotation.startsWith(dynamoKeyPrefix)).toBe(false);
});
