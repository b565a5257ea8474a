import { describe, expect, test } from 'vitest';

import { dynamoWorker, planFor, serve } from './plan-for.ts';

test.each([
  [serve(), { profile: 'vllm', version: '0.31.0', mode: null }],
  [dynamoWorker(), { profile: 'dynamo', version: '1.6.1', mode: 'aggregated' }],
  [['x'], { profile: 'command', version: null, mode: null }],
])('%j', (words, engine) => expect(planFor({ words }).document.engine).toMatchObject({ ...engine, command: words }));

test('the command is given as it will be understood', () => {
  expect(planFor({ words: ['--model', 'm'] }).document.engine).toMatchObject({
    command: ['python3', '-m', 'dynamo.vllm', '--model', 'm'],
    profile: 'dynamo',
  });
});

test('a version that is not known is null', () => {
  expect(planFor({ facts: { vllm: null } }).document.engine.version).toBeNull();
  expect(planFor({ words: dynamoWorker(), facts: { dynamo: null } }).document.engine.version).toBeNull();
});

describe('the mode of a Dynamo worker', () => {
  test.each([
    ['agg', 'aggregated'],
    ['pd', 'aggregated'],
    ['prefill', 'prefill'],
    ['decode', 'decode'],
    ['encode', null],
  ])('%s is %s', (mode, told) => {
    const { engine } = planFor({ words: dynamoWorker('--disaggregation-mode', mode) }).document;
    expect(engine.mode).toBe(told);
    const byVariable = planFor({ words: dynamoWorker(), env: { DYN_VLLM_DISAGGREGATION_MODE: mode } });
    expect(byVariable.document.engine.mode).toBe(told);
  });

  test('is not that of a Dynamo command for vLLM', () => {
    expect(planFor({ words: serve(), options: { engine: 'dynamo' } }).document.engine.mode).toBe('aggregated');
    expect(planFor({ words: dynamoWorker(), options: { engine: 'vllm' } }).document.engine.mode).toBeNull();
  });
});

describe('the sizes', () => {
  const unknown = { tp: null, pp: null, dp: null, world: null };
  test.each([
    [serve(), { tp: 1, pp: 1, dp: 1, world: 1 }],
    [serve('-tp', '4', '-pp', '3', '-dp', '5', '-pcp', '2'), { tp: 4, pp: 3, dp: 5, world: 24 }],
    [['x', '-tp', '4'], unknown],
    [serve('-tp', 'x'), unknown],
    [serve('-pp', '0'), unknown],
    [serve('-pcp', 'x'), unknown],
    [serve('-dp', 'x'), unknown],
    [serve('-tp', '4', '--port', 'x'), { tp: 4, pp: 1, dp: 1, world: 4 }],
  ])('%j: %j', (words, sizes) => expect(planFor({ words }).document.engine.sizes).toEqual(sizes));
});
