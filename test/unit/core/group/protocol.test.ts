import { expect, test } from 'vitest';

import { protocolVersion } from '#core/group/message.ts';
import { agreedVersion, rangeOf } from '#core/group/protocol.ts';

test.each([
  [{ min: 1, max: 1 }, { min: 1, max: 1 }, 1],
  [{ min: 1, max: 2 }, { min: 1, max: 1 }, 1],
  [{ min: 1, max: 2 }, { min: 2, max: 3 }, 2],
  [{ min: 2, max: 3 }, { min: 1, max: 9 }, 3],
  [{ min: 2, max: 3 }, { min: 1, max: 1 }, null],
  [{ min: 1, max: 1 }, { min: 2, max: 3 }, null],
  [{ min: 3, max: 1 }, { min: 1, max: 3 }, null],
])('%j and %j agree on %j', (theirs, ours, version) => {
  expect(agreedVersion(theirs, ours)).toBe(version);
});

test('a launcher speaks its own version and the one before', () => {
  expect(rangeOf(1)).toEqual({ min: 1, max: 1 });
  expect(rangeOf(2)).toEqual({ min: 1, max: 2 });
  expect(rangeOf(7)).toEqual({ min: 6, max: 7 });
});

test('the version before this one is accepted, older ones are not', () => {
  const { max } = protocolVersion;
  expect(protocolVersion).toEqual(rangeOf(max));
  expect(agreedVersion(rangeOf(max + 1))).toBe(max);
  expect(agreedVersion({ min: max + 1, max: max + 2 })).toBeNull();
});
