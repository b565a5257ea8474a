import fc from 'fast-check';
import { expect, it } from 'vitest';

import { openPrefix } from '#edge/output/prefix.ts';

it('lines are marked the same however the bytes are cut into chunks', () => {
  const chunks = fc.array(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.map((byte) => (byte % 5 === 0 ? 10 : byte))),
  );
  fc.assert(
    fc.property(chunks, (parts) => {
      const prefix = openPrefix('[1] ');
      const marked = [...parts.map((part) => prefix.push(part)), prefix.end()].filter((part) => part !== null);
      const whole = Buffer.concat(parts).toString('latin1');
      const lines = whole.split('\n');
      const expected = (lines.at(-1) === '' ? lines.slice(0, -1) : lines).map((line) => `[1] ${line}\n`).join('');
      expect(Buffer.concat(marked).toString('latin1')).toBe(expected);
    }),
  );
});
