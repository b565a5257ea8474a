import fc from 'fast-check';
import { expect, test } from 'vitest';

import { renderTermination, terminationDocument } from '#core/report/termination.ts';
import { byteLength } from '#core/text.ts';

import { cause, epoch } from './arbitrary/frame.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.nat({ max: 9_000 }).map((n) => '\u0000'.repeat(n)),
);
const facts = fc.record({
  phase: text,
  sinceMs: fc.maxSafeNat(),
  rank: fc.option(fc.nat(), { nil: null }),
  host: text,
  epoch: fc.option(epoch, { nil: null }),
  cause: fc.option(cause, { nil: null }),
  rehearsal: fc.boolean(),
});

test('whatever happened, the message is whole JSON of at most 4096 bytes that keeps the code', () => {
  fc.assert(
    fc.property(facts, fc.constantFrom(4_096, 4_096, 2_048, 1_024), (known, maxBytes) => {
      const document = terminationDocument(known);
      const message = renderTermination(document, maxBytes);
      expect(byteLength(message)).toBeLessThanOrEqual(maxBytes);
      const read = JSON.parse(message) as Record<string, unknown>;
      expect(Object.keys(read)).toEqual(Object.keys(document));
      expect(read['code']).toBe(document.code);
      if (maxBytes === 4_096) expect(read['name']).toBe(document.name);
    }),
    { numRuns: 400 },
  );
});
