import { describe, expect, test } from 'vitest';

import { waitLines, waitsOf } from '#core/report/waiting.ts';
import { unasked } from '#core/supervision/ray-view.ts';
import { openReadiness } from '#core/supervision/readiness.ts';
import type { Base, State } from '#core/supervision/state.ts';

import { dialed, gating, opened } from '../../../world/drive.ts';
import {
  baseWith,
  documentWith,
  engineOf,
  peers,
  planWith,
  ranked,
  readinessWith,
  readyState,
  sweeping,
} from './states.ts';

const deadlineMs = 60_000;
const identity = { ...baseWith().plan.document.identity, leader: null };
const resolving = (base: Base): State => ({
  phase: 'resolving',
  base,
  deadlineMs,
  asking: false,
  nextTryMs: 0,
  reason: 'ENOTFOUND',
});
const assembling = (ray: Base['ray']): State => ({
  phase: 'assembling',
  base: baseWith({ ray }),
  engine: engineOf(),
  deadlineMs,
  leader: openReadiness,
});
const starting = (reason: string | null, base: Base = baseWith()): State => ({
  phase: 'starting',
  base,
  engine: engineOf(),
  deadlineMs,
  readiness: readinessWith(reason),
});
const draining = (waitsFor: 'endpoints' | 'leader'): State => ({
  phase: 'draining',
  base: baseWith(),
  engine: engineOf(),
  waitsFor,
  untilMs: deadlineMs,
  killAtMs: 1,
});
const never = { againAtMs: 1, judgesUntilMs: 1, drainAtMs: 1, restAtMs: 1 } as const;
const stopping = (engine = engineOf()): State => ({
  phase: 'stopping',
  base: baseWith(),
  engine,
  mode: 'asked',
  ...never,
  killAtMs: deadlineMs,
});
const worker = (fate: 'together' | 'apart') => baseWith({ self: ranked(1), plan: planWith({ fate }) });

test.each<readonly [string, State, string, string, number]>([
  ['the name of the leader', resolving(baseWith()), 'dns', 'node0 (ENOTFOUND)', deadlineMs],
  [
    'a leader without a name',
    resolving(baseWith({ plan: documentWith({ identity }) })),
    'dns',
    ' (ENOTFOUND)',
    deadlineMs,
  ],
  [
    'a worker its leader',
    dialed().state,
    'group',
    'the leader at node0:9441 did not let us in (connected, no answer yet)',
    25_000,
  ],
  ["Ray's nodes", assembling({ ...unasked, why: 'two nodes' }), 'ray-nodes', 'Ray: two nodes', deadlineMs],
  ['Ray that was not asked', assembling(null), 'ray-nodes', 'Ray: not asked yet', deadlineMs],
  ['an engine', starting('refused'), 'ready', 'the engine (refused)', deadlineMs],
  ['an engine that answers', starting(null), 'ready', 'the engine (starting)', deadlineMs],
  [
    'a worker the engine of the leader',
    starting('x', worker('together')),
    'ready',
    'the leader to be ready',
    deadlineMs,
  ],
  [
    'a leader its own',
    starting('x', baseWith({ plan: planWith({ fate: 'together' }) })),
    'ready',
    'the engine (x)',
    deadlineMs,
  ],
  ['a worker by itself its own', starting('x', worker('apart')), 'ready', 'the engine (x)', deadlineMs],
  ['endpoints', draining('endpoints'), 'drain', 'endpoints', deadlineMs],
  ['a leader that drains', draining('leader'), 'drain', 'leader', deadlineMs],
  ['an engine that stops', stopping(), 'stop', 'the engine to end', deadlineMs],
  ['what is left of it', stopping(engineOf(['ray-head'], ['engine'])), 'stop', 'ray-head to end', deadlineMs],
  ['all of it', stopping(engineOf(['ray-head', 'engine'])), 'stop', 'ray-head and the engine to end', deadlineMs],
  ['nobody any more', stopping(engineOf([], ['engine'])), 'stop', 'the engine to end', deadlineMs],
  ['processes that do not go', sweeping(0), 'sweep', 'left-over processes to go', 9_000],
])('%s is waited for', (_, state, gate, target, until) => {
  const [wait, ...more] = waitsOf(state);
  expect([wait?.gate, wait?.target, wait?.deadlineMs, wait?.missing, more]).toEqual([gate, target, until, [], []]);
});

test('a leader waits for all members', () => {
  expect(waitsOf(gating({ size: 3 }).state)).toEqual([
    { gate: 'group', target: 'all 3 members', missing: [1, 2], sinceMs: 0, deadlineMs: 20_000 },
  ]);
});

test.each<State>([
  opened({ rank: 0, size: 1 }).state,
  readyState(),
  { phase: 'settling', base: baseWith(), mode: 'asked', code: 0, untilMs: 1 },
  { phase: 'ended', base: baseWith(), code: 0 },
])('nothing is waited for: $phase', (state) => {
  expect([waitsOf(state), waitLines(state, 0)]).toEqual([[], []]);
});

test('it is waited since the phase began, or since now', () => {
  const [first] = waitsOf(starting('x', baseWith({ history: [{ phase: 'starting', atMs: 42 }], nowMs: 50 })));
  const [second] = waitsOf(starting('x', baseWith({ history: [], nowMs: 50 })));
  expect([first?.sinceMs, second?.sinceMs]).toEqual([42, 50]);
});

describe('the line for a person', () => {
  const group = (size: number, refusals: Base['group']['refusals'] = []): State => ({
    phase: 'joining',
    base: baseWith({
      self: ranked(0, size),
      history: [{ phase: 'joining', atMs: 1_000 }],
      group: { ...peers(), refusals },
    }),
    deadlineMs: 61_500,
  });
  const first = Array.from({ length: 16 }, (_, at) => at + 1).join(', ');

  test.each([
    ['who is missing', group(2), 1_000, 'waiting 0 s for group: all 2 members, missing rank 1 (61s left)'],
    ['since when', group(2), 11_499, 'waiting 10 s for group: all 2 members, missing rank 1 (51s left)'],
    ['to the nearest second', group(2), 11_500, 'waiting 11 s for group: all 2 members, missing rank 1 (50s left)'],
    ['no time left', group(2), 99_000, 'waiting 98 s for group: all 2 members, missing rank 1 (0s left)'],
    ['just so many', group(17), 1_500, `waiting 1 s for group: all 17 members, missing rank ${first} (1m left)`],
    ['more', group(19), 1_500, `waiting 1 s for group: all 19 members, missing rank ${first} and 2 more (1m left)`],
    [
      'nobody',
      starting('refused', baseWith({ history: [] })),
      100,
      'waiting 0 s for ready: the engine (refused) (1m left)',
    ],
  ])('says %s', (_, state, nowMs, line) => expect(waitLines(state, nowMs)).toEqual([line]));

  test('names three whom we refused, not those whose rank nobody knows', () => {
    const refusals = [null, 1, 2, 3, 4].map((rank) => ({ rank, address: 'a', reason: `reason ${rank}` }));
    expect(waitLines(group(2, refusals), 1_500)).toEqual([
      'waiting 1 s for group: all 2 members, missing rank 1; refused rank 1: reason 1; refused rank 2: reason 2; refused rank 3: reason 3 (1m left)',
    ]);
  });
});
