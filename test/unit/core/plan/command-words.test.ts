import { expect, test } from 'vitest';

import { commandOf } from '#core/plan/command-words.ts';

test.each([
  [
    ['vllm', 'serve', 'm'],
    ['vllm', 'serve', 'm'],
  ],
  [
    ['--model', 'm'],
    ['python3', '-m', 'dynamo.vllm', '--model', 'm'],
  ],
  [['-x'], ['python3', '-m', 'dynamo.vllm', '-x']],
  [['-'], ['python3', '-m', 'dynamo.vllm', '-']],
  [
    ['', '-x'],
    ['', '-x'],
  ],
  [[], []],
])('%j starts %j', (words, command) => {
  expect(commandOf(words)).toEqual(command);
});
