// Every single fault in every phase of a group under Ray: as without it, and its own processes, nodes and port besides.
import { expect, test } from 'vitest';

import { milestones } from '../world/explore.ts';
import { rayFaultsOf } from '../world/ray-faults.ts';
import type { RayOutcome } from '../world/ray-plan.ts';
import type { When } from '../world/single.ts';
import { wrongs } from '../world/single.ts';
import type { Setup } from '../world/world.ts';

// A mutant costs too much here; the tables of the unit tests and the transcripts are there for them.
const check = test.skipIf(process.env['STRYKER_MUTATOR_WORKER'] !== undefined);

const long = { timeout: 300_000 };

function timesOf(setup: Setup): readonly (readonly [When, number])[] {
  const { assembleMs, startMs, readyMs } = milestones(setup);
  return [
    ['assembling', assembleMs + 30],
    ['gathered', startMs - 40],
    ['started', startMs + 10],
    ['starting', startMs + setup.delayMs + 700],
    ['ready', readyMs + 700],
  ];
}

const cases: readonly { readonly outcome: RayOutcome; readonly size: number; readonly delayMs: number }[] = [
  { outcome: 'ray', size: 2, delayMs: 0 },
  { outcome: 'ray', size: 3, delayMs: 5 },
  { outcome: 'ray', size: 2, delayMs: 200 },
  { outcome: 'elastic-ep', size: 1, delayMs: 0 },
  { outcome: 'elastic-ep', size: 2, delayMs: 5 },
];

check.each(cases)(
  '$outcome, $size nodes, messages take $delayMs ms: a single fault ends all for its one cause, or nobody',
  long,
  ({ outcome, size, delayMs }) => {
    const setup: Setup = { size, delayMs, plan: () => ({ outcome }) };
    const wrong = rayFaultsOf(size, outcome).flatMap((fault) =>
      timesOf(setup).flatMap(([when, atMs]) => wrongs(setup, fault, when, atMs)),
    );
    expect(wrong).toEqual([]);
  },
);
