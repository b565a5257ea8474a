import { expect, test } from 'vitest';

import { namedFiles } from '#core/plan/named-files.ts';

test.each([
  [['vllm', 'serve', '/models/a', '--config', 'a.yaml'], 'a.yaml', '/models/a'],
  [['vllm', 'serve', './a'], null, './a'],
  [['vllm', 'serve', '--model', '../a'], null, '../a'],
  [['python3', '-m', 'dynamo.vllm', '--model=/a'], null, '/a'],
  [['vllm', 'serve', 'org/name'], null, null],
  [['vllm', 'serve', 'a./b'], null, null],
  [['vllm', 'serve', '.../b'], null, null],
  [['vllm', 'serve', '.'], null, null],
  [['vllm', 'serve'], null, null],
  [['sh', '-c', 'vllm serve /a --config a.yaml'], null, null],
  [['ray', 'start', '--config', 'a.yaml'], null, null],
  [['my-server', '/a', '--config', 'a.yaml'], null, null],
  [[], null, null],
])('%j names config %s and model %s', (command, config, model) => {
  expect(namedFiles(command)).toEqual({ config, model });
});
