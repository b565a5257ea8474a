import { expect, test } from 'vitest';

import { quote, quoteList } from '#core/quote.ts';

test.each([
  ['', '""'],
  ['a "b"', String.raw`"a \"b\""`],
  ['a\nb\u001b', String.raw`"a\nb\u001b"`],
  ['x'.repeat(120), `"${'x'.repeat(120)}"`],
  ['x'.repeat(121), `"${'x'.repeat(120)}"...`],
  [`${'x'.repeat(119)}🚀`, `"${'x'.repeat(119)}\\ud83d"...`],
])('%j is quoted on one line and cut (case %#)', (value, quoted) => expect(quote(value)).toBe(quoted));

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`);

test.each([
  [0, ''],
  [1, 'n0'],
  [8, 'n0, n1, n2, n3, n4, n5, n6, n7'],
  [9, 'n0, n1, n2, n3, n4, n5, n6, n7 and 1 more'],
  [1_000, 'n0, n1, n2, n3, n4, n5, n6, n7 and 992 more'],
])('a list of %i', (count, said) => expect(quoteList(names(count))).toBe(said));
