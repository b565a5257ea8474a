import { describe, expect, test } from 'vitest';

import type { Options } from '#core/options.ts';

import { dynamoPod } from './choose.ts';
import { dynamoWorker, planFor } from './plan-for.ts';

test('every wait has a deadline', () => {
  expect(planFor({}).document.deadlines).toEqual({
    dns: 600_000,
    group: 1_800_000,
    'ray-nodes': 600_000,
    startup: 7_200_000,
    drain: 15_000,
    grace: 25_000,
    peer: 5_000,
    stall: 600_000,
    rejoin: 300_000,
  });
});

test.each(['dns', 'group', 'ray-nodes', 'startup', 'drain', 'peer', 'stall', 'rejoin'] as const)(
  '--%s-timeout is the deadline of that name',
  (name) => {
    const options: Partial<Options> = { [`${name}-timeout`]: 1234 };
    expect(planFor({ options }).document.deadlines).toEqual({ ...planFor({}).document.deadlines, [name]: 1234 });
  },
);

describe('the grace time', () => {
  test.each([
    ['of vLLM', {}, 25_000],
    ['of a command', { words: ['x'] }, 25_000],
    ['of vLLM in a pod', { facts: { inPod: true } }, 25_000],
    ["of Dynamo's worker", { words: dynamoWorker() }, 50_000],
    ['of anything in a pod of a Dynamo deployment', { labels: dynamoPod }, 50_000],
    ['of the option', { words: dynamoWorker(), options: { grace: 60_000 } }, 60_000],
  ])('%s', (_, launch, grace) => {
    expect(planFor(launch).document.deadlines).toMatchObject({ grace, drain: grace - 10_000 });
  });

  test('that is short leaves no time to drain', () => {
    expect(planFor({ options: { grace: 9_000 } }).document.deadlines).toMatchObject({ grace: 9_000, drain: 0 });
  });
});

test.each([
  ['in a pod', { facts: { inPod: true } }, 5_000],
  ['elsewhere', {}, 0],
  ['by option', { facts: { inPod: true }, options: { 'drain-delay': 0 } }, 0],
  ['by option', { options: { 'drain-delay': 700 } }, 700],
])('the engine keeps serving while endpoints are removed: %s', (_, launch, ms) =>
  expect(planFor(launch).drainDelayMs).toBe(ms),
);
