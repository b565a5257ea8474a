import { describe, expect, test } from 'vitest';

import { isAtLeast } from '#core/plan/versions.ts';

import { dynamoWorker, leaderPlan, planFor, serve, version, warned } from './plan-for.ts';

describe('vLLM and several nodes by mp', () => {
  test.each(['0.11.9', '0.12.0rc1', '0.8.5', '0.1.dev1+gabc'])('%s is too old', (text) => {
    const { problems, document } = leaderPlan({ facts: { vllm: version(text) } });
    expect(document.warnings.map(({ code }) => code)).toEqual(['drops-requests']);
    expect(problems).toEqual([
      {
        name: 'config',
        message: `cannot run the outcome mp with vLLM ${text} (vllm-${text}.dist-info): it needs 0.12.0`,
        hint: 'use a newer image, or --executor ray',
      },
    ]);
  });

  test.each(['0.12.0', '0.12.0.post1', '0.31.0+cpu', '0.32.1', 'dev'])('%s is not', (text) => {
    expect(leaderPlan({ facts: { vllm: version(text) } }).problems).toEqual([]);
  });

  test('under Dynamo it is the version of vLLM too', () => {
    const plan = leaderPlan({ words: dynamoWorker('-tp', '16'), facts: { vllm: version('0.11.0') } });
    expect(plan.problems).toHaveLength(1);
  });

  test('an old one runs on each node by itself', () => {
    const facts = { vllm: version('0.8.5') };
    for (const plan of [planFor({ facts }), leaderPlan({ words: serve(), facts })]) expect(plan.problems).toEqual([]);
  });

  test('is not asked where there is no outcome', () => {
    const { problems } = leaderPlan({ facts: { vllm: version('0.8.5'), gpus: null } });
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining('the GPUs of one node') })]);
    expect(warned(leaderPlan({ facts: { vllm: version('9.0'), gpus: null } }))).toEqual([]);
  });
});

describe('a version newer than any we know is warned of', () => {
  const newer = { code: 'newer-engine' };

  test.each(['0.33.0', '0.33.0rc1', '1.0', '1.33.0'])('vLLM %s', (text) => {
    expect(planFor({ facts: { vllm: version(text) } }).document.warnings).toContainEqual({
      ...newer,
      message: `vllm ${text} (vllm-${text}.dist-info) is newer than 0.32, the newest this launcher was run with`,
    });
  });

  test.each(['1.7.0', '2.0.0'])('Dynamo %s', (text) => {
    const plan = planFor({ words: dynamoWorker(), facts: { dynamo: version(text, 'ai_dynamo') } });
    expect(plan.document.warnings).toContainEqual({
      ...newer,
      message: `dynamo ${text} (ai_dynamo-${text}.dist-info) is newer than 1.6, the newest this launcher was run with`,
    });
  });

  test.each([
    ['vLLM 0.32.9', { facts: { vllm: version('0.32.9') } }],
    ['vLLM 0.31.40', { facts: { vllm: version('0.31.40') } }],
    ['Dynamo 1.6.9', { words: dynamoWorker(), facts: { dynamo: version('1.6.9') } }],
    ['Dynamo 0.9.0', { words: dynamoWorker(), facts: { dynamo: version('0.9.0') } }],
    ['a vLLM beside Dynamo', { words: dynamoWorker(), facts: { vllm: version('9.0') } }],
    ['a Dynamo beside vLLM', { facts: { dynamo: version('9.0') } }],
    ['a version that is none', { facts: { vllm: version('nightly') } }],
    ['a version of one number', { facts: { vllm: version('0') } }],
    ['no version', { facts: { vllm: null } }],
    ['no Dynamo', { words: dynamoWorker(), facts: { dynamo: null } }],
    ['a command that is no engine', { words: ['x'], facts: { vllm: version('9.0') } }],
  ])('not %s', (_, launch) => expect(warned(planFor(launch))).not.toContain('newer-engine'));
});

test.each([
  ['1.0', '1.0.0', true],
  ['1.0.1', '1.0.0', true],
  ['1.0.0rc1', '1.0.0', false],
  ['0.9', '1.0.0', false],
  ['x', '1.0.0', false],
  ['1.0.0', 'x', false],
])('%s is at least %s: %s', (text, floor, answer) => expect(isAtLeast(text, floor)).toBe(answer));
