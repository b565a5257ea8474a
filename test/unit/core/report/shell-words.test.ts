import { spawnSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { quoteWord, quoteWords } from '#core/report/shell-words.ts';

const words = [
  '',
  'a',
  'a b',
  "it's",
  '"q"',
  '$HOME',
  '`x`',
  '*',
  '~',
  '!x',
  'a\nb',
  "tab\t'",
  '\\',
  '\u0001',
  '\u007f',
  'ü',
  '😀',
  '\u202e',
  '\u200b',
  '#x',
  '{a,b}',
  '-n',
  'a=b',
  '&',
  '\u0085',
  '\u{e0001}',
];

test.each([
  ['vllm', 'vllm'],
  ['/models/m-1.0', '/models/m-1.0'],
  ['--x=y,z:1', '--x=y,z:1'],
  ['', "''"],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['a\nb', String.raw`$'a\nb'`],
  ["'\t\r\\", String.raw`$'\'\t\r\\'`],
  ['\u0001', String.raw`$'\x01'`],
  ['\u007f', String.raw`$'\x7f'`],
  ['\u0080', String.raw`$'\u0080'`],
  ['\ufeff', String.raw`$'\ufeff'`],
  ['\u{e0001}', String.raw`$'\U000e0001'`],
  ['\u202eabc', String.raw`$'\u202eabc'`],
])('%j is written %s', (word, written) => {
  expect(quoteWord(word)).toBe(written);
});

test('bash reads every word as it was', () => {
  const script = `printf '%s\\0' ${quoteWords(words)}`;
  const { stdout } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8', PATH: process.env['PATH'] },
  });
  expect(stdout.split('\0').slice(0, -1)).toEqual(words);
});

test('nothing invisible is left in what is written', () => {
  expect(quoteWords(words)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
