import { expect, test } from 'vitest';

import { byteLength, cutText, printable } from '#core/text.ts';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['ab🦀', 3, 'ab'],
  ['ab🦀', 4, 'ab🦀'],
  ['🦀', 1, ''],
  ['abc', 0, ''],
])('%j cut to %i is %j', (text, length, cut) => {
  expect(cutText(text, length)).toBe(cut);
});

test('lengths are bytes of UTF-8', () => {
  expect(byteLength('aé🦀')).toBe(7);
});

test('a stranger cannot write control characters into our log', () => {
  expect(printable('a\nb\u001b[0m é', 7)).toBe('a?b?[0m');
});
