import { describe, expect, test } from 'vitest';

import { joinDotted } from '#upstream/vllm/dotted.ts';
import { word } from '#upstream/vllm/words.ts';

const join = (...words: readonly string[]) => joinDotted(words.map(word));
const texts = (...words: readonly string[]) => join(...words).words.map(({ text }) => text);

describe('dotted options become one option of JSON behind the others', () => {
  test.each<[string[], string[]]>([
    [
      ['--a.b', '1', 'm'],
      ['m', '--a', '{"b": 1}'],
    ],
    [
      ['--a.b=1', 'm'],
      ['m', '--a', '{"b": 1}'],
    ],
    [['--a.b=x=y'], ['--a', '{"b": "x=y"}']],
    [['--a.b='], ['--a', '{"b": ""}']],
    [
      ['--a.b', '1', '--a.c', 'x'],
      ['--a', '{"b": 1, "c": "x"}'],
    ],
    [
      ['--a.b.c', '1', '--a.b.d', '2'],
      ['--a', '{"b": {"c": 1, "d": 2}}'],
    ],
    [
      ['--a.b', '1', '--z.b', '2', '--a.c', '3'],
      ['--a', '{"b": 1, "c": 3}', '--z', '{"b": 2}'],
    ],
    [
      ['--a.b', '1', '--a.b', '2'],
      ['--a', '{"b": 2}'],
    ],
    [
      ['--a.b.c', '1', '--a.b', '2'],
      ['--a', '{"b": 2}'],
    ],
    [
      ['--a.b', '2', '--a.b.c', '1'],
      ['--a', '{"b": {"c": 1}}'],
    ],
    [
      ['--a.b', 'null', '--a.b.c', '1'],
      ['--a', '{"b": {"c": 1}}'],
    ],
    [
      ['--a.b', '{"c": true}', '--a.b.d', 'null'],
      ['--a', '{"b": {"c": true, "d": null}}'],
    ],
    [
      ['--a.b', '[1]', '--a.b', '[2, 3]'],
      ['--a', '{"b": [1, 2, 3]}'],
    ],
    [
      ['--a.b+', 'x,y'],
      ['--a', '{"b": ["x", "y"]}'],
    ],
    [
      ['--a.b+', 'x', '--a.b+=y,z'],
      ['--a', '{"b": ["x", "y", "z"]}'],
    ],
    [
      ['--a.b', 'ü"'],
      ['--a', '{"b": "\\u00fc\\""}'],
    ],
    [
      ['--a.__proto__', '1'],
      ['--a', '{"__proto__": 1}'],
    ],
    [
      ['--a.toString', '1', '--a.b', '2'],
      ['--a', '{"toString": 1, "b": 2}'],
    ],
    [['--a.'], []],
    [
      ['--a..b', '1'],
      ['--a', '{"": {"b": 1}}'],
    ],
    [
      ['-0.5', '--tp', '4'],
      ['4', '-0', '{"5": "--tp"}'],
    ],
    [
      ['-.5', '4'],
      ['-', '{"5": 4}'],
    ],
    [
      ['--a.b', '--c', '1'],
      ['1', '--a', '{"b": "--c"}'],
    ],
    [
      ['--', '--a.b', '1'],
      ['--', '--a', '{"b": 1}'],
    ],
  ])('%j becomes %j', (words, becomes) => {
    expect(texts(...words)).toEqual(becomes);
  });
});

test('a dot in a value or in a word without a dash makes no dotted option', () => {
  const words = ['--host=a.b', '-dpa=10.0.0.1', '--master-addr', '10.0.0.1', 'a.b', '4', ''];
  expect(texts(...words)).toEqual(words);
});

test('the words that made one are kept with it', () => {
  expect(join('--a.b', '1', 'm', '--a.c=2').words.map(({ written }) => written)).toEqual(['m', '--a.b 1 --a.c=2', '']);
});

test('one without a value at the end is refused', () => {
  expect(join('m', '--a.b').errors).toEqual([
    { code: 'missing', flag: '--a.b', value: null, message: 'cannot use --a.b: no value follows; give it one' },
  ]);
  expect(join('m', '--a.b', '1').errors).toEqual([]);
});

test('neither many dots nor many brackets exhaust the stack', () => {
  expect(texts(`--a${'.b'.repeat(30_000)}`, '1')).toHaveLength(2);
  expect(texts('--a.b', '['.repeat(30_000))).toHaveLength(2);
  expect(texts('--a.b', `${'['.repeat(500)}1${']'.repeat(500)}`)[1]).toMatch(/^\{"b": \[\[/);
  expect(texts('--a.b', `${'['.repeat(501)}1${']'.repeat(501)}`)[1]).toMatch(/^\{"b": "\[\[/);
  expect(texts(`--a${'.b'.repeat(500)}`, '1')[1]?.match(/b/g)).toHaveLength(500);
});
