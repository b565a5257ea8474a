import { expect, test } from 'vitest';

import { type ConfigValue, configWords } from '#upstream/vllm/config-words.ts';

const knows = (name: string) => name === '--no-eager';
const texts = (document: ConfigValue) => {
  const words = configWords(document, 'c.yaml', knows);
  return typeof words === 'string' ? words : words.map(({ text }) => text);
};

test.each<[string, ConfigValue, readonly string[]]>([
  ['a number', 4, ['--a', '4']],
  ['a big number', 9007199254740993n, ['--a', '9007199254740993']],
  ['a fraction', 0.5, ['--a', '0.5']],
  ['text', 'x y', ['--a', 'x y']],
  ['empty text', '', ['--a', '']],
  ['nothing', null, ['--a', 'None']],
  ['yes', true, ['--a']],
  ['no for an option without a no- form', false, []],
  ['a list', [1, 'x', true, false, null], ['--a', '1', 'x', 'True', 'False', 'None']],
  ['an empty list', [], []],
  ['a list of lists', [[1n], { b: 2 }], ['--a', '[1]', '{"b": 2}']],
  ['a mapping', { b: { c: 1n, d: [true, null] } }, ['--a', '{"b": {"c": 1, "d": [true, null]}}']],
])('%s', (_, value, words) => {
  expect(texts({ a: value })).toEqual(words);
});

test('options keep the order of the file and their spelling', () => {
  expect(texts({ 'tensor_parallel-size': 4, eager: false, z: true })).toEqual([
    '--tensor_parallel-size',
    '4',
    '--no-eager',
    '--z',
  ]);
});

test('each option says where it stands, once', () => {
  expect(configWords({ a: [1, 2], b: { c: 1 }, d: true }, 'c.yaml', knows)).toEqual([
    { text: '--a', written: 'a: [1, 2] (c.yaml)' },
    { text: '1', written: '' },
    { text: '2', written: '' },
    { text: '--b', written: 'b: {"c": 1} (c.yaml)' },
    { text: '{"c": 1}', written: '' },
    { text: '--d', written: 'd: true (c.yaml)' },
  ]);
});

test.each<[ConfigValue]>([[null], ['text'], [4], [true], [['a']]])('%j is no mapping of options', (document) => {
  expect(texts(document)).toBe('c.yaml holds no mapping of options to values');
});
