import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readStatus } from '#upstream/ray/status-text.ts';

const { texts } = JSON.parse(readFileSync('test/cases/ray/status-2.60.0.json', 'utf8')) as {
  readonly texts: Readonly<Record<string, string>>;
};
const two = texts['two nodes'] ?? '';
const many = { numRuns: 2_000 };

/** What came of a text is a count that can be true, or one short line. */
function isRead(text: string): void {
  const read = readStatus(text);
  if (read.kind === 'unreadable') expect(read.reason).toMatch(/^[ -~]{1,80}$/);
  else {
    expect(Number.isSafeInteger(read.answer.nodes) && read.answer.nodes >= 0).toBe(true);
    expect(Number.isFinite(read.answer.gpus) && read.answer.gpus >= 0).toBe(true);
  }
}

test('any text is read or not, and never thrown at', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.constantFrom('Active:', 'Idle:', 'Total Usage:', 'Pending:', ' 1 a', ' 0.0/1.0 GPU', ' (no active nodes)', ''),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      isRead(lines.join('\n'));
    }),
    many,
  );
});

test('a report that is cut or changed in one place never counts more than it says', () => {
  fc.assert(
    fc.property(fc.nat(two.length), fc.nat(40), fc.string({ maxLength: 3 }), (at, gone, put) => {
      isRead(two.slice(0, at));
      const read = readStatus(two.slice(0, at) + put.replaceAll(/\d/g, '') + two.slice(at + gone));
      if (read.kind === 'answered') expect(read.answer.nodes).toBeLessThanOrEqual(2);
    }),
    many,
  );
});

test('a report of any length is read in a moment', () => {
  const flood = `Active:\n${' 1 a\n'.repeat(40_000)}Total Usage:\n${' 0.0/1.0 CPU\n'.repeat(10_000)}`;
  const sinceMs = performance.now();
  isRead(flood);
  isRead(`${' '.repeat(200_000)}GPU`);
  isRead(`Active:\n 1 a\nTotal Usage:\n ${'9'.repeat(200_000)} GPU`);
  expect(performance.now() - sinceMs).toBeLessThan(1_000);
});
