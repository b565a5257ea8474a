import { expect, test } from 'vitest';

import type { Cause } from '#core/group/cause.ts';
import { amend, engineCause, launcherCause, openVerdict, sameHappening } from '#core/group/cause.ts';

const died = (rank: number, more: Partial<Cause> = {}) =>
  launcherCause('process-died', 'engine-ended', `rank ${rank} died`, { rank, pid: 10 + rank, seenBy: rank, ...more });
const lost = (rank: number, seenBy = 0) =>
  launcherCause('peer-lost', 'peer-lost', `rank ${rank} is lost`, { rank, seenBy });
const open = (cause: Cause, happenedMs: number) => openVerdict(cause, happenedMs, 1_000, 500);

test('the first cause opens a verdict that is frozen later', () => {
  expect(open(died(1), 900)).toEqual({
    cause: died(1),
    happenedMs: 900,
    freezeAtMs: 1_500,
    frozen: false,
    candidates: [{ cause: died(1), happenedMs: 900 }],
    tail: 'none',
    suspect: null,
  });
});

test.each<[string, Cause, number, Cause, number, 'first' | 'second']>([
  ['the earlier death counts', died(1), 900, died(2), 899, 'second'],
  ['the later death does not', died(1), 900, died(2), 901, 'first'],
  ['deaths of one instant: the lower rank', died(2), 900, died(1), 900, 'second'],
  ['whichever was told first', died(1), 900, died(2), 900, 'first'],
  ['a death before a loss beats it', lost(1), 900, died(2), 800, 'second'],
  ['a death in the same instant as a loss beats it', lost(1), 900, died(2), 920, 'second'],
  ['a death after a loss is its echo', lost(1), 900, died(2), 921, 'first'],
  ['a loss after a death changes nothing', died(2), 900, lost(1), 950, 'first'],
  ['a loss before a death takes its place', died(2), 900, lost(1), 850, 'second'],
  ['the earlier loss counts', lost(2), 900, lost(1), 850, 'second'],
  ['the later loss does not', lost(2), 900, lost(1), 950, 'first'],
  ['an echo never beats a loss', lost(1), 900, died(2, { kind: 'collateral' }), 100, 'first'],
  ['a loss beats an echo', died(2, { kind: 'collateral' }), 100, lost(1), 900, 'second'],
  ['a death beats an echo', died(2, { kind: 'collateral' }), 100, died(1), 900, 'second'],
  [
    'the earlier echo counts alone',
    died(2, { kind: 'collateral' }),
    900,
    died(1, { kind: 'collateral' }),
    800,
    'second',
  ],
  [
    'a failed spawn is as good as a death',
    lost(1),
    900,
    launcherCause('spawn-failed', 'not-found', 'no', { rank: 2, seenBy: 2 }),
    800,
    'second',
  ],
  [
    'so is a startup that took too long',
    died(1),
    900,
    launcherCause('startup-timeout', 'startup-timeout', 'slow', { rank: 0 }),
    800,
    'second',
  ],
  [
    'a cause without a rank comes last of one instant',
    died(1),
    900,
    launcherCause('os', 'os', 'no port'),
    900,
    'first',
  ],
])('%s', (_, first, firstMs, second, secondMs, best) => {
  const verdict = amend(open(first, firstMs), second, secondMs);
  expect(verdict.cause).toEqual(best === 'first' ? first : second);
  expect(verdict.happenedMs).toBe(best === 'first' ? firstMs : secondMs);
  expect(verdict.candidates).toHaveLength(2);
});

test('a frozen verdict stays as it is', () => {
  const frozen = { ...open(lost(1), 900), frozen: true };
  expect(amend(frozen, died(2), 100)).toBe(frozen);
});

test('the same word again changes nothing', () => {
  const verdict = open(died(1), 900);
  expect(amend(verdict, died(1), 950)).toBe(verdict);
  const told = amend(verdict, died(1, { lastLines: ['a'] }), 950);
  expect(amend(told, died(1, { lastLines: ['b'] }), 950)).toBe(told);
  expect(amend(told, died(1), 950)).toBe(told);
});

test('last lines that come later belong to the cause they were read for', () => {
  const verdict = amend(open(died(1), 900), died(1, { lastLines: ['out of memory'] }), 1_100);
  expect(verdict.cause.lastLines).toEqual(['out of memory']);
  expect(verdict.happenedMs).toBe(900);
});

test('a cause that turns out to be an echo makes way for the next best, and stays one', () => {
  const both = amend(open(died(0), 900), died(1), 930);
  const turned = amend(both, died(0, { kind: 'collateral', lastLines: ['gloo'] }), 900);
  expect(turned.cause).toEqual(died(1));
  expect(turned.candidates[0]?.cause).toEqual(died(0, { kind: 'collateral', lastLines: ['gloo'] }));
  expect(amend(turned, died(0), 900)).toBe(turned);
});

test('an echo without another cause is the cause', () => {
  expect(amend(open(died(0), 900), died(0, { kind: 'collateral' }), 900).cause.kind).toBe('collateral');
});

test('a group that reports without end fills no memory', () => {
  let verdict = open(died(0), 900);
  for (let rank = 1; rank < 200; rank += 1) verdict = amend(verdict, died(rank), 1_000);
  expect(verdict.candidates).toHaveLength(64);
  expect(amend(verdict, died(500), 1)).toBe(verdict);
});

test.each<[string, Partial<Cause>, boolean]>([
  ['nothing', {}, true],
  ['what is known by now', { lastLines: ['x'], message: 'other words', kind: 'collateral' }, true],
  ['the rank', { rank: 2 }, false],
  ['the process', { process: 'VLLM::EngineCore' }, false],
  ['the pid', { pid: 99 }, false],
  ['who saw it', { seenBy: 2 }, false],
  ['what it is', { kind: 'spawn-failed' }, false],
])('two reports that differ in %s are of one happening: %j gives %s', (_, more, same) => {
  expect(sameHappening(died(1), died(1, more))).toBe(same);
});

test('a cause has the status of its name, or the engine its own', () => {
  expect(launcherCause('peer-lost', 'peer-lost', 'gone')).toMatchObject({
    code: 75,
    decidedBy: 'launcher',
    rank: null,
    lastLines: [],
  });
  expect(engineCause(3, 'ended with 3', { rank: 1 })).toMatchObject({
    kind: 'process-died',
    code: 3,
    decidedBy: 'engine',
    rank: 1,
    seenBy: null,
  });
});
