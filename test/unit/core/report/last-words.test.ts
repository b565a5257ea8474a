import { expect, test } from 'vitest';

import type { Cause } from '#core/group/cause.ts';
import { engineCause, launcherCause, openVerdict } from '#core/group/cause.ts';
import { finalLine, lastWords } from '#core/report/last-words.ts';
import type { Base } from '#core/supervision/state.ts';

import { planWith, readyState } from './states.ts';

const unixMs = 1_800_000_000_000;
const asked = { by: 'SIGTERM', atMs: 90 };
const of = (cause: Cause, more: Partial<Base> = {}) =>
  lastWords(readyState({ verdict: openVerdict(cause, 90, 95, 500), ...more }), unixMs, ['the last line']);
const died = engineCause(1, 'vllm exited with 1', { rank: 0, seenBy: 0 });

test('a launcher without a cause says where it is and since when', () => {
  expect(lastWords(readyState(), unixMs + 0.4, ['x'])).toEqual({
    schema: 1,
    phase: 'ready',
    sinceMs: unixMs + 100,
    rank: 0,
    host: 'node0',
    epoch: { leader: 'node0', counter: 1 },
    rehearsal: false,
    code: null,
    name: null,
    decidedBy: null,
    cause: null,
    lastLines: [],
  });
  const state = readyState({ history: [], nowMs: 7, plan: planWith({ rehearsal: true }) });
  expect(lastWords(state, unixMs, [])).toMatchObject({ sinceMs: unixMs + 7, rehearsal: true });
});

test('who was asked to stop says by whom, unless something went wrong', () => {
  expect(lastWords(readyState({ asked }), unixMs, ['x'])).toMatchObject({
    code: 0,
    name: 'stopped',
    decidedBy: 'launcher',
    cause: { kind: 'asked', message: 'asked to stop by SIGTERM' },
    lastLines: [],
  });
  expect(of(died, { asked })).toMatchObject({ code: 1, cause: { message: 'vllm exited with 1' } });
});

test.each<readonly [string, Cause, readonly string[]]>([
  ['are those of our engine', died, ['the last line']],
  ['are those that the cause has', { ...died, lastLines: ['its own'] }, ['its own']],
  ['are not ours for what another saw', { ...died, seenBy: 1 }, []],
  ['are not ours for what nobody saw', { ...died, seenBy: null }, []],
  ['are not ours for a member that was lost', launcherCause('peer-lost', 'peer-lost', 'gone', { seenBy: 0 }), []],
])('the last lines %s', (_, cause, lines) => expect(of(cause).lastLines).toEqual(lines));

test.each<readonly [string, Parameters<typeof finalLine>, string]>([
  [
    'a cause of ours, by its name',
    [of(launcherCause('peer-lost', 'peer-lost', 'rank 1 is gone')), 75],
    'ended with 75 (peer-lost), decided by the launcher: rank 1 is gone; see vllm-launch explain exit 75',
  ],
  [
    'a cause of the engine, whose code has no name of ours',
    [of(engineCause(75, 'vllm exited with 75')), 75],
    'ended with 75, decided by the engine: vllm exited with 75; see vllm-launch explain exit 75',
  ],
  [
    'no cause',
    [lastWords(readyState(), unixMs, []), 0],
    'ended with 0 (stopped): the command ended; see vllm-launch explain exit 0',
  ],
  [
    'no cause and a code that is none of ours',
    [lastWords(readyState(), unixMs, []), 3],
    'ended with 3: the command ended; see vllm-launch explain exit 3',
  ],
])('the final line tells %s', (_, [document, code], line) => expect(finalLine(document, code)).toBe(line));
