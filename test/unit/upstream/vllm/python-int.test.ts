import { expect, test } from 'vitest';

import { pythonInt } from '#upstream/vllm/python-int.ts';

// Answers of CPython 3.11's int().
test.each<[string, bigint | null]>([
  ['4', 4n],
  ['+4', 4n],
  ['-4', -4n],
  ['-0', 0n],
  ['007', 7n],
  ['-00000000007', -7n],
  [' 4 ', 4n],
  ['\t\n\u000b\u000c\r4\r', 4n],
  ['\u00854', 4n],
  ['\u00a04\u1680', 4n],
  ['\u30004\u2000\u200a', 4n],
  ['4\u2028\u2029\u202f\u205f', 4n],
  ['1_000', 1000n],
  ['1_\uff10', 10n],
  ['\uff11_0', 10n],
  ['+\uff14', 4n],
  ['\u0663', 3n],
  ['-\u0663', -3n],
  ['\uff19\uff19', 99n],
  ['\u{1d7d8}', 0n],
  ['\u{1d7d9}\u{1d7da}', 12n],
  ['\u{1d7ff}', 9n],
  ['9007199254740993', 9007199254740993n],
  ['', null],
  [' ', null],
  ['+', null],
  ['-', null],
  ['--4', null],
  ['+-4', null],
  ['+ 4', null],
  ['1 2', null],
  ['1__0', null],
  ['_1', null],
  ['1_', null],
  ['0x4', null],
  ['1e2', null],
  ['4.0', null],
  ['\u00b2', null],
  ['four', null],
  ['4\u0000', null],
  ['\ufeff4', null],
  ['\u001c4', null],
  ['4\u001f', null],
  ['\u001c\uff14', null],
  ['\u200b4', null],
])('int(%j) is %s', (text, number) => {
  expect(pythonInt(text)).toBe(number);
});

test('a number of more than 4300 digits is refused, signs and underscores not counted', () => {
  expect(pythonInt('7'.repeat(4300))).toBe(BigInt('7'.repeat(4300)));
  expect(pythonInt(`-${'7'.repeat(4300)}`)).toBe(-BigInt('7'.repeat(4300)));
  expect(pythonInt(`+${'7'.repeat(2150)}_${'7'.repeat(2150)}`)).toBe(BigInt('7'.repeat(4300)));
  expect(pythonInt('7'.repeat(4301))).toBeNull();
  expect(pythonInt(`-${'7'.repeat(4301)}`)).toBeNull();
});
