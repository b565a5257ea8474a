import { expect, test } from 'vitest';

import { columns, hang, wrapText } from '#core/report/wrap.ts';

test.each([
  ['', 10, ''],
  ['one', 10, 'one'],
  ['one two', 7, 'one two'],
  ['one two', 6, 'one\ntwo'],
  ['one two three', 7, 'one two\nthree'],
  ['immeasurable x', 5, 'immeasurable\nx'],
])('%j at %i columns is %j', (text, width, wrapped) => {
  expect(wrapText(text, width)).toBe(wrapped);
});

test('lines after the first are indented, within the width', () => {
  expect(wrapText('aa bb cc dd', 6, '  ')).toBe('aa bb\n  cc\n  dd');
});

test('a paragraph hangs from its first word', () => {
  expect(hang('- ', 'aa bb cc', 7)).toBe('- aa bb\n  cc');
});

test('columns are as wide as their widest cell', () => {
  expect(
    columns(
      [
        ['a', 'x y'],
        ['bbb', 'z'],
      ],
      10,
    ),
  ).toBe('  a    x y\n  bbb  z');
  expect(columns([], 10)).toBe('');
});
