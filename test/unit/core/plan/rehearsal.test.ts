// --rehearsal-fault: which engine gets which fault, and what is refused.
import { describe, expect, test } from 'vitest';

import type { Options } from '#core/options.ts';
import { makePlan } from '#core/plan/make-plan.ts';

import { bareFacts, withOptions } from '../bare-facts.ts';

const vllm = ['vllm', 'serve', 'm', '-tp', '2'];

const gpus = { count: 1, source: 'a test', model: null, driver: null, devices: false };

const planOf = (options: Partial<Options>, words: readonly string[] = vllm, env = {}) =>
  makePlan(
    bareFacts({ env, rehearsalProgram: ['node', 'rehearsal.js'], gpus }),
    withOptions({ nnodes: 2, 'node-rank': 1, leader: 'node-0', rehearse: true, ...options }),
    words,
    null,
  );

const faultOf = (options: Partial<Options>, env = {}) =>
  planOf(options, vllm, env).document.processes[0]?.env.set['REHEARSAL_FAULT'];

describe('the engine gets the faults of its own rank', () => {
  test.each([
    [['1:die-after=3s'], 'die-after=3s'],
    [['0:hang', '1:ignore-term', '1:leave-children'], 'ignore-term,leave-children'],
    [['0:hang'], undefined],
  ])('of %j rank 1 gets %s', (faults, expected) => {
    expect(faultOf({ 'rehearsal-fault': faults })).toBe(expected);
    expect(planOf({ 'rehearsal-fault': faults }).problems).toEqual([]);
  });

  test('an option beats the variable of the user, which stays where there is none', () => {
    expect(faultOf({ 'rehearsal-fault': ['1:hang'] }, { REHEARSAL_FAULT: 'never-ready' })).toBe('hang');
    expect(faultOf({}, { REHEARSAL_FAULT: 'never-ready' })).toBeUndefined();
  });

  test('one node alone is rank 0', () => {
    const alone = { nnodes: null, 'node-rank': null, leader: null, 'rehearsal-fault': ['0:hang'] };
    expect(planOf(alone, ['vllm', 'serve', 'm']).document.processes[0]?.env.set['REHEARSAL_FAULT']).toBe('hang');
  });
});

describe('what no rehearsal can be told is a usage problem', () => {
  test.each([
    ['die-after=3s', 'it is not RANK:FAULT'],
    ['1:', 'it is not RANK:FAULT'],
    ['-1:hang', 'it is not RANK:FAULT'],
    ['1:die-after=soon', 'it is not RANK:FAULT'],
    ['1:hang;0:hang', 'it is not RANK:FAULT'],
    ['2:hang', 'the ranks of this group are 0 to 1'],
  ])('%s', (fault, why) => {
    const { problems } = planOf({ 'rehearsal-fault': [fault] });
    expect(problems).toEqual([
      {
        name: 'usage',
        message: `cannot use --rehearsal-fault "${fault}": ${why}`,
        hint: 'write it like 1:die-after=3s; `node dist/rehearsal.js --help` names the faults',
      },
    ]);
  });

  test('faults without a rehearsal', () => {
    const { problems } = planOf({ rehearse: false, 'rehearsal-fault': ['1:hang', '0:die'] });
    expect(problems).toEqual([
      {
        name: 'usage',
        message: 'cannot use --rehearsal-fault "1:hang,0:die": only a rehearsal engine can be told what to do wrong',
        hint: 'add --rehearse, or leave it out',
      },
    ]);
  });
});
