import { describe, expect, it } from 'vitest';

import { whose, type Family } from '#edge/processes/ancestry.ts';
import type { Stat } from '#edge/processes/proc.ts';

// We are 50, started by 40 in session 40; our child is 100 and leads session 100.
const place = { proc: true, self: 50, session: 40, startTicks: 500, reaper: null };
const family: Family = {
  place,
  known: new Map([[100, 1_000]]),
  sessions: new Set([100]),
  sharesSession: false,
  exclude: new Set(),
  isStranger: () => false,
};
const make = (pid: number, ppid: number, session: number, startTicks = 1_100): Stat => ({
  ...{ pid, ppid, session, startTicks, comm: 'x', state: 'S', threads: 1 },
});
const machine = [make(1, 0, 1, 1), make(40, 1, 40, 400), make(50, 40, 40, 500), make(100, 50, 100, 1_000)];

function judge(stat: Stat, more: Partial<Family> = {}, others: readonly Stat[] = []) {
  const stats = new Map([...machine, ...others, stat].map((each) => [each.pid, each]));
  return whose({ ...family, ...more }, stat, (pid) => stats.get(pid) ?? null, new Map());
}

const underTini = { place: { ...place, reaper: 40 } };
const asFirst = { place: { ...place, self: 1, session: 1, startTicks: 1, reaper: 1 } };

describe('whose a process is', () => {
  it.each([
    ['a known one', make(100, 50, 100, 1_000), {}, 'ours'],
    [
      'a later process with the pid of a known one',
      make(100, 1, 7, 9_000),
      { sessions: new Set<number>() },
      'stranger',
    ],
    ['a child of a known one in its own session', make(200, 100, 200), {}, 'ours'],
    ['an orphan in the session of our child', make(200, 1, 100), {}, 'ours'],
    ['an orphan that left the session, with nobody who adopts for us', make(200, 1, 200), {}, 'stranger'],
    ['the same where our parent adopts', make(200, 40, 200), underTini, 'ours'],
    ['the same where we are the first process', make(200, 1, 200), asFirst, 'ours'],
    ['ourselves', make(50, 40, 40, 500), {}, 'stranger'],
    ['the one who adopts', make(40, 1, 40, 400), underTini, 'stranger'],
    ['the first process', make(1, 0, 1, 1), {}, 'stranger'],
    ['a process put into our namespace from outside', make(200, 0, 200), asFirst, 'stranger'],
    ['what was there before us below the one who adopts', make(45, 40, 45, 450), underTini, 'unsettled'],
    ['a probe of ours', make(200, 50, 40), {}, 'unsettled'],
    ['a probe of ours where we are the first process', make(200, 1, 1), asFirst, 'unsettled'],
    [
      'an orphan in the session we share with our child',
      make(200, 40, 40),
      { ...underTini, sharesSession: true },
      'ours',
    ],
    ['one that is excluded', make(200, 100, 200), { exclude: new Set([200]) }, 'unsettled'],
    ['a neighbour in our session', make(200, 40, 40), {}, 'stranger'],
    ['one whose parent is gone by now', make(200, 199, 200), {}, 'unsettled'],
    [
      'one that was proved a stranger and is an orphan now',
      make(200, 40, 200),
      { ...underTini, isStranger: () => true },
      'stranger',
    ],
  ] as const)('%s: the verdict', (_, stat, more, verdict) => {
    expect(judge(stat, more)).toBe(verdict);
  });

  it('goes up through any number of parents', () => {
    const line = Array.from({ length: 50 }, (_, index) => make(201 + index, index === 0 ? 100 : 200 + index, 300));
    expect(judge(make(400, 250, 400), {}, line)).toBe('ours');
  });

  it('does not believe a parent that is younger than its child', () => {
    expect(judge(make(300, 200, 300, 1_100), {}, [make(200, 100, 200, 1_200)])).toBe('unsettled');
  });

  it('ends where parents go round in a circle', () => {
    expect(judge(make(300, 200, 300), {}, [make(200, 300, 200)])).toBe('unsettled');
  });

  it('remembers the verdict for everybody on the way', () => {
    const settled = new Map();
    const stats = new Map([...machine, make(200, 100, 200)].map((each) => [each.pid, each]));
    whose(family, make(300, 200, 300), (pid) => stats.get(pid) ?? null, settled);
    expect([...settled]).toEqual([
      ['300:1100', 'ours'],
      ['200:1100', 'ours'],
      ['100:1000', 'ours'],
    ]);
  });
});
