import { expect, test } from 'vitest';

import { engineCause } from '#core/group/cause.ts';
import { renderAge } from '#core/report/age.ts';
import { renderRanks } from '#core/report/ranks.ts';
import { readStatus } from '#core/report/schema.ts';
import { renderStatus } from '#core/report/status-text.ts';

import { cause, member, now, sample } from './status-sample.ts';

test('a group that is ready is a table with the leader first', () => {
  expect(renderStatus(sample())).toBe(`\
group demo: 2 nodes, mp (rule default), start 1, asked rank 0 (leader)
ready for 5m03s, ready

RANK  HOST    PHASE  SINCE  GPUS  HEARD  CAUSE
0     node-0  ready  5m03s  8     -      -
1     node-1  ready  5m03s  8     120ms  -
`);
});

test('who is missing and how long is left stand below the table', () => {
  const absent = { host: null, phase: null, ready: false, sinceMs: null, gpus: null, heardMsAgo: null } as const;
  const text = renderStatus(
    sample({
      phase: 'joining',
      ready: false,
      reason: 'waiting for group all 2 members, missing rank 1',
      epoch: null,
      members: [member(0, { phase: 'joining' }), member(1, absent)],
      waiting: [
        { gate: 'group', target: 'all 2 members', missing: [1], sinceMs: now - 130_000, deadlineMs: now + 1_670_000 },
        { gate: 'tcp', target: 'node-1:29500', missing: [], sinceMs: now, deadlineMs: null },
      ],
    }),
  );
  expect(text).toBe(`\
group demo: 2 nodes, mp (rule default), not started, asked rank 0 (leader)
joining for 5m03s, not ready: waiting for group all 2 members, missing rank 1

RANK  HOST    PHASE    SINCE  GPUS  HEARD  CAUSE
0     node-0  joining  5m03s  8     -      -
1     -       missing  -      -     -      -

waiting for group: all 2 members, for 2m10s, 27m50s left
  missing rank 1

waiting for tcp: node-1:29500, for 0s
`);
});

test('a cause says what, where, with which status, who decided, and the last lines', () => {
  const text = renderStatus(sample({ members: [member(0), member(1, { cause })], cause }));
  expect(text).toContain('peer-lost: rank 1 on node-1 is unreachable\n');
  expect(text).toMatch(
    /\n\ncause: peer-lost, rank 1 on node-1: rank 1 on node-1 is unreachable\nexit status 75 peer-lost, decided by the launcher\n {2}\| the last line\n$/,
  );
  const died = engineCause(75, 'it exited with 75', { rank: 0, process: 'VLLM::EngineCore', pid: 7 });
  expect(renderStatus(sample({ cause: died }))).toMatch(
    /cause: process-died, rank 0 in VLLM::EngineCore \(pid 7\): it exited with 75\nexit status 75, decided by the engine\n$/,
  );
});

test.each([
  [{}, 'process-died: why'],
  [{ rank: 0 }, 'process-died, rank 0: why'],
  [{ host: 'node-0' }, 'process-died, on node-0: why'],
  [{ process: 'ray' }, 'process-died, in ray: why'],
  [{ rank: 0, host: 'node-0', process: 'ray', pid: 7 }, 'process-died, rank 0 on node-0 in ray (pid 7): why'],
])('of where a cause was only what is known is said: %j', (more, line) => {
  expect(renderStatus(sample({ cause: engineCause(1, 'why', more) }))).toContain(`\ncause: ${line}\n`);
});

test('of the last lines the last 20 are shown', () => {
  const lastLines = Array.from({ length: 21 }, (_, at) => `line ${at}`);
  const shown = renderStatus(sample({ cause: { ...cause, lastLines } })).split('\n');
  expect(shown.filter((line) => line.startsWith('  | '))).toEqual(lastLines.slice(1).map((line) => `  | ${line}`));
});

test('what ready means is said where it is more than the word, since the last phase began', () => {
  const text = renderStatus(sample({ reason: 'all but one' }));
  expect(text.split('\n')[1]).toBe('ready for 5m03s, ready: all but one');
  const [first, last] = sample().phases;
  const phases = [first, { phase: 'starting', sinceMs: now - 360_000 }, last].flatMap((phase) => phase ?? []);
  expect(renderStatus(sample({ phases })).split('\n')[1]).toBe('ready for 5m03s, ready');
});

test.each(['aggregated', 'prefill', 'decode'] as const)(
  'the mode %s of a Dynamo worker stands behind its outcome',
  (mode) => {
    expect(renderStatus(sample({ mode }))).toContain(`2 nodes, mp (rule default), ${mode}, start 1, asked rank 0`);
  },
);

test('a rehearsal is said before everything else', () => {
  expect(renderStatus(sample({ rehearsal: true }))).toMatch(/^REHEARSAL: /);
});

test('a node on its own, and one that has decided nothing, are shown too', () => {
  const { identity, decision } = sample();
  const alone = { ...identity, role: 'single', rank: 0, size: 1, group: null } as const;
  expect(renderStatus(sample({ identity: alone, members: [] }))).toMatch(
    /^group \(no name\): 1 nodes, mp .*, on its own\n/,
  );
  const lost = { ...identity, role: null, rank: null, size: null };
  const nothing = { ...decision, outcome: null, rule: null };
  const text = renderStatus(sample({ identity: lost, decision: nothing, phases: [] }));
  expect(text).toMatch(/^group demo: \? nodes, undecided, start 1, on its own\nready for 0s/);
});

test('what another member says cannot move the cursor of the one who reads it', () => {
  const host = 'x\u001b[2J\u0007';
  const text = renderStatus(
    sample({ members: [member(0, { host, phase: host, cause: { ...cause, message: host } })] }),
  );
  expect(text.replaceAll('\n', '')).toMatch(/^[ -~]+$/);
});

test.each([
  [-5, '0s'],
  [0, '0s'],
  [350, '350ms'],
  [999, '999ms'],
  [1_000, '1s'],
  [12_900, '12s'],
  [60_000, '1m00s'],
  [303_000, '5m03s'],
  [7_500_000, '2h05m'],
  [273_600_000, '3d04h'],
])('%i ms is %s', (ms, text) => {
  expect(renderAge(ms)).toBe(text);
});

test.each([
  [[], ''],
  [[3], '3'],
  [[7, 1, 2, 3, 2], '1-3, 7'],
  [Array.from({ length: 4_095 }, (_, index) => index + 1), '1-4095'],
  [Array.from({ length: 15 }, (_, index) => index * 2), '0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22 and 3 more'],
])('the ranks %j are %j', (ranks, text) => {
  expect(renderRanks(ranks)).toBe(text);
});

test('a document is read back as it was written, and a later one with more fields too', () => {
  const document = sample({ cause: { ...cause, message: 'x'.repeat(9_999) }, tail: ['a'] });
  expect(readStatus(JSON.parse(JSON.stringify({ ...document, later: 1 })))).toEqual({ ok: true, document });
});

test.each([
  [{}, /^schema: /],
  [{ ...sample(), schema: 2 }, /^schema: /],
  [{ ...sample(), members: [{ rank: 'x' }] }, /^members\.0\.rank: /],
  ['<html>', /^document: /],
  [null, /^document: /],
])('%j is no status document', (value, reason) => {
  expect(readStatus(value)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});
