import { describe, expect, test } from 'vitest';

import type { Executable } from '#core/facts.ts';

import { leaderPlan, planFor, serve } from './plan-for.ts';

const absent = (why: 'not-found' | 'not-executable' | 'directory'): Executable => ({ found: false, word: 'vllm', why });

describe('a program that cannot be run is refused', () => {
  test.each([
    ['not-found', 127, 'no such program', 'check the name and PATH of this image'],
    ['not-executable', 126, 'it may not be executed', 'name an executable file'],
    ['directory', 126, 'it is a directory', 'name an executable file'],
  ] as const)('%s with %i', (why, code, reason, hint) => {
    const [error, ...others] = planFor({ facts: { executable: absent(why) } }).document.errors;
    const name = code === 127 ? 'not-found' : 'not-executable';
    expect([error, others]).toEqual([{ code, name, message: `cannot run "vllm": ${reason}`, hint }, []]);
  });

  test('on every node', () => {
    expect(leaderPlan({ facts: { executable: absent('not-found') } }).problems).toHaveLength(1);
  });

  test('not where the rehearsal engine runs in its place, nor where it is there', () => {
    const facts = { executable: absent('not-found') };
    expect(planFor({ facts, options: { rehearse: true } }).problems).toEqual([]);
    const found: Executable = { found: true, word: 'vllm', path: '/bin/vllm' };
    expect(planFor({ facts: { executable: found } }).problems).toEqual([]);
  });
});

describe('a model', () => {
  test('that is not there is refused with its path', () => {
    expect(planFor({ facts: { model: { path: '/models/m', present: false } } }).document.errors).toEqual([
      {
        code: 78,
        name: 'config',
        message: 'cannot find the model "/models/m": there is no such path on this node',
        hint: 'mount the model on every node, or give the name of a model on the hub',
      },
    ]);
  });

  test('that is there is not', () => {
    expect(planFor({ words: serve(), facts: { model: { path: '/models/m', present: true } } }).problems).toEqual([]);
  });
});
