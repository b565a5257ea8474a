// Every single fault in every phase, at several message delays: the group ends for that one cause, or goes on.
import { expect, test } from 'vitest';

import { causeOf } from '../world/check.ts';
import { explore, milestones } from '../world/explore.ts';
import type { Fault } from '../world/faults.ts';
import { faultsOf } from '../world/faults.ts';
import type { When } from '../world/single.ts';
import { wrongs } from '../world/single.ts';
import type { Setup } from '../world/world.ts';

// A mutant costs too much here; the tables of the unit tests and the transcripts are there for them.
const check = test.skipIf(process.env['STRYKER_MUTATOR_WORKER'] !== undefined);

const long = { timeout: 300_000 };

const whens = ['early', 'at the gate', 'started', 'starting', 'ready'] as const satisfies readonly When[];

// Which of what waited a thawed launcher sees first must not matter.
const thaws = ['inbox-first', 'alarm-first'] as const;

function timesOf(setup: Setup): Record<(typeof whens)[number], number> {
  const { startMs, readyMs } = milestones(setup);
  return {
    early: 3,
    'at the gate': startMs * 0.6,
    started: startMs + 10,
    starting: startMs + setup.delayMs + 700,
    ready: readyMs + 300,
  };
}

check.each([
  { size: 1, delayMs: 0 },
  { size: 2, delayMs: 0 },
  { size: 2, delayMs: 200 },
  { size: 3, delayMs: 0 },
  { size: 3, delayMs: 5 },
  { size: 3, delayMs: 200 },
  { size: 3, delayMs: 1_000 },
])('$size nodes, messages take $delayMs ms: a single fault ends all for its one cause, or nobody', long, (setup) => {
  const times = timesOf(setup);
  const wrong = faultsOf(setup.size).flatMap((fault) =>
    whens.flatMap((when) =>
      thaws
        .filter((thaw) => thaw === 'inbox-first' || fault.name.includes('frozen'))
        .flatMap((thaw) => wrongs({ ...setup, thaw }, fault, when, times[when])),
    ),
  );
  expect(wrong).toEqual([]);
});

check('a launcher that was frozen for too long names the same cause as those that left it', () => {
  for (const rank of [0, 1]) {
    const fault = faultsOf(3).find(({ name }) => name === `rank ${rank} is frozen for 30 s`) as Fault;
    const { world } = explore({ size: 3, delayMs: 5 }, [{ fault, atMs: 2_000 }]);
    expect(world.launchers.map(causeOf)).toEqual(Array.from({ length: 3 }, () => `peer-lost rank ${rank} - 75`));
  }
});

// The exploration sees what it is there to see: without a part of the machine's work it fails.
check.each([
  { without: 'heartbeats', fault: 'rank 1 is late' },
  { without: 'heartbeats', fault: 'rank 1 is frozen for 3 s' },
  { without: 'sweep', fault: 'the engine of rank 1 is killed' },
  { without: 'sweep', fault: 'rank 1 is asked, and its engine is deaf' },
] as const)('without $without the exploration fails: $fault', ({ without, fault: name }) => {
  const setup: Setup = { size: 3, delayMs: 5, without };
  const fault = faultsOf(3).find((entry) => entry.name === name) as Fault;
  expect(wrongs(setup, fault, 'ready', timesOf({ size: 3, delayMs: 5 }).ready)).not.toEqual([]);
});
