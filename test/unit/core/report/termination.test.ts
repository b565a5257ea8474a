import { expect, test } from 'vitest';

import { engineCause, launcherCause } from '#core/group/cause.ts';
import { renderTermination, terminationDocument } from '#core/report/termination.ts';
import { byteLength } from '#core/text.ts';

const facts = {
  phase: 'settling',
  sinceMs: 1_800_000_000_000,
  rank: 0,
  host: 'node-0',
  epoch: { leader: 'a1', counter: 1 },
  rehearsal: false,
} as const;
const lost = launcherCause('peer-lost', 'peer-lost', 'rank 1 is unreachable', { rank: 1, host: 'node-1', seenBy: 0 });

test('a launcher without a cause says where it is', () => {
  expect(JSON.parse(renderTermination(terminationDocument({ ...facts, cause: null })))).toEqual({
    schema: 1,
    ...facts,
    code: null,
    name: null,
    decidedBy: null,
    cause: null,
    lastLines: [],
  });
});

test('a cause stands with its code, its name, who decided it and the last lines', () => {
  const cause = { ...lost, lastLines: ['a', 'b'] };
  expect(JSON.parse(renderTermination(terminationDocument({ ...facts, cause })))).toEqual({
    schema: 1,
    ...facts,
    code: 75,
    name: 'peer-lost',
    decidedBy: 'launcher',
    cause: {
      kind: 'peer-lost',
      rank: 1,
      host: 'node-1',
      process: null,
      pid: null,
      exitCode: null,
      signal: null,
      message: 'rank 1 is unreachable',
      seenBy: 0,
    },
    lastLines: ['a', 'b'],
  });
});

test("a code of ours that is the engine's own has no name", () => {
  const { code, name, decidedBy } = terminationDocument({ ...facts, cause: engineCause(75, 'it exited with 75') });
  expect({ code, name, decidedBy }).toEqual({ code: 75, name: null, decidedBy: 'engine' });
});

test('the oldest lines go first, and no more than needed', () => {
  const lines = Array.from({ length: 60 }, (_, index) => `${index} ${'é'.repeat(50)}`);
  const text = renderTermination(terminationDocument({ ...facts, cause: { ...lost, lastLines: lines } }));
  const { lastLines } = JSON.parse(text) as { lastLines: string[] };
  expect(lastLines).toEqual(lines.slice(-lastLines.length));
  expect(lastLines.length).toBeGreaterThan(20);
  expect(byteLength(text)).toBeLessThanOrEqual(4_096);
  expect(byteLength(text)).toBeGreaterThan(3_900);
});

test('of many short lines the last 100 stand', () => {
  const lines = Array.from({ length: 150 }, (_, index) => `${index}`);
  const text = renderTermination(terminationDocument({ ...facts, cause: { ...lost, lastLines: lines } }));
  expect(JSON.parse(text)).toMatchObject({ lastLines: lines.slice(-100) });
});

test('what fits to the byte is left as it is', () => {
  for (const cause of [
    { ...lost, lastLines: ['é'.repeat(1_000)] },
    { ...lost, message: 'é'.repeat(3_000) },
  ]) {
    const document = terminationDocument({ ...facts, cause });
    expect(renderTermination(document, byteLength(JSON.stringify(document)))).toBe(JSON.stringify(document));
  }
});

test('a long message is cut after the lines, and the rest stands', () => {
  const cause = { ...lost, message: 'é'.repeat(9_000), lastLines: ['line'] };
  const document = JSON.parse(renderTermination(terminationDocument({ ...facts, cause }))) as Record<string, unknown>;
  expect(document).toMatchObject({ lastLines: [], code: 75, name: 'peer-lost', host: 'node-0' });
  expect(document['cause']).toMatchObject({ kind: 'peer-lost', host: 'node-1', message: 'é'.repeat(1_024) });
});
