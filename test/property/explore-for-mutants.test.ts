// The part of the exploration that a mutant can afford: each single fault once, in a ready group of two, and while Ray assembles.
import { expect, test } from 'vitest';

import { milestones } from '../world/explore.ts';
import type { Fault } from '../world/faults.ts';
import { faultsOf } from '../world/faults.ts';
import { rayOwnFaultsOf } from '../world/ray-faults.ts';
import type { When } from '../world/single.ts';
import { wrongs } from '../world/single.ts';
import type { Setup } from '../world/world.ts';

// Everybody else explores far more, in the files beside this one.
const check = test.runIf(process.env['STRYKER_MUTATOR_WORKER'] !== undefined);

const mp: Setup = { size: 2, delayMs: 5 };
const ray: Setup = { size: 2, delayMs: 5, plan: () => ({ outcome: 'ray' }) };

const cases: readonly (readonly [string, Setup, Fault, When])[] = [
  ...faultsOf(2).map((fault) => [fault.name, mp, fault, 'ready'] as const),
  ...rayOwnFaultsOf(2, 'ray').flatMap((fault) =>
    (['assembling', 'ready'] as const).map((when) => [fault.name, ray, fault, when] as const),
  ),
];

check.each(cases)('%s ends all for its one cause, or nobody', (_, setup, fault, when) => {
  const { assembleMs, readyMs } = milestones(setup);
  expect(wrongs(setup, fault, when, when === 'ready' ? readyMs + 700 : assembleMs + 30)).toEqual([]);
});
