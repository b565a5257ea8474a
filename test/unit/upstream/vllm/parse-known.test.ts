import { describe, expect, test } from 'vitest';

import type { OptionTable } from '#upstream/vllm/option-table.ts';
import { parseKnown } from '#upstream/vllm/parse-known.ts';
import { word } from '#upstream/vllm/words.ts';

const names: OptionTable['names'] = new Map([
  ['--size', { option: '--size', eats: 'value', on: true }],
  ['-s', { option: '--size', eats: 'value', on: true }],
  ['--size-local', { option: '--size-local', eats: 'value', on: true }],
  ['-sl', { option: '--size-local', eats: 'value', on: true }],
  ['--names', { option: '--names', eats: 'list', on: true }],
  ['--extra', { option: '--extra', eats: 'any', on: true }],
  ['--token', { option: '--token', eats: 'optional', on: true }],
  ['--quiet', { option: '--quiet', eats: 'flag', on: true }],
  ['--eager', { option: '--eager', eats: 'toggle', on: true }],
  ['--no-eager', { option: '--eager', eats: 'toggle', on: false }],
  ['-eg', { option: '--eager', eats: 'toggle', on: true }],
  ['-wide', { option: '--wide', eats: 'value', on: true }],
]);
const table: OptionTable = { names, abbreviations: true, positional: true };

const parse = (words: readonly string[], change: Partial<OptionTable> = {}) =>
  parseKnown({ ...table, ...change }, words.map(word));

/** A line in short: options as --name=values, the positional, the words left, refusals as code:words. */
const short = (words: readonly string[], change: Partial<OptionTable> = {}): string => {
  const { taken, positional, rest, refusals } = parse(words, change);
  return [
    ...taken.map(({ option, on, values }) => `${on ? '' : 'not '}${option}=${values.join(',')}`),
    ...(positional === null ? [] : [`(${positional.text})`]),
    ...(rest.length === 0 ? [] : [`[${rest.map(({ text }) => text).join(' ')}]`]),
    ...refusals.map(({ code, written }) => `${code}:${written}`),
  ].join(' ');
};

describe('which words an option takes', () => {
  test.each<[string[], string]>([
    [[], ''],
    [['--size', '4'], '--size=4'],
    [['--size=4'], '--size=4'],
    [['--size='], '--size='],
    [['--size=a=b'], '--size=a=b'],
    [['-s', '4'], '--size=4'],
    [['-s=4'], '--size=4'],
    [['-s4'], '--size=4'],
    [['-s4=3'], '--size=4=3'],
    [['--size', '--quiet'], '--quiet= missing:--size'],
    [['--size'], 'missing:--size'],
    [['--size', '--', '4'], '(4) missing:--size'],
    [['--size', '1', '--size', '2'], '--size=1 --size=2'],
    [['--size', '-1'], '--size=-1'],
    [['--size', '-.5'], '--size=-.5'],
    [['--size', '-1.5'], '--size=-1.5'],
    [['--size', '-٣'], '--size=-٣'],
    [['--size', '-1\n'], '--size=-1\n'],
    [['--size', '-1.'], '[-1.] missing:--size'],
    [['--size', '-1e5'], '[-1e5] missing:--size'],
    [['--size', '-x y'], '--size=-x y'],
    [['--size', '--x y'], '--size=--x y'],
    [['--size', '-'], '--size=-'],
    [['--size', ''], '--size='],
    [['--names', 'a', 'b', '--quiet'], '--names=a,b --quiet='],
    [['--names', 'a', '--', 'b'], '--names=a (b)'],
    [['--names=a', 'b'], '--names=a (b)'],
    [['--names'], 'missing:--names'],
    [['--extra', 'a', 'b', '--quiet'], '--extra=a,b --quiet='],
    [['--extra', '--quiet'], '--extra= --quiet='],
    [['--extra=a', 'b'], '--extra=a (b)'],
    [['--token', '--quiet'], '--token= --quiet='],
    [['--token', 'a', 'b'], '--token=a (b)'],
    [['--token=a'], '--token=a'],
    [['--quiet', 'a'], '--quiet= (a)'],
    [['--eager', 'a'], '--eager= (a)'],
    [['--no-eager'], 'not --eager='],
    [['-eg'], '--eager='],
    [['--quiet=1'], 'extra:--quiet=1'],
    [['--quiet='], 'extra:--quiet='],
    [['--no-eager=1'], 'extra:--no-eager=1'],
    [['-eg='], 'extra:-eg='],
    [['-eg=s2'], 'python:-eg=s2'],
  ])('%j is read as %s', (words, read) => {
    expect(short(words)).toBe(read);
  });
});

describe('beginnings of names', () => {
  test.each<[string[], string]>([
    [['--nam', 'a'], '--names=a'],
    [['--nam=a'], '--names=a'],
    [['--size-', '4'], '--size-local=4'],
    [['--no', 'a'], 'not --eager= (a)'],
    [['--s', '4'], '(4) ambiguous:--s'],
    [['--s=4'], 'ambiguous:--s=4'],
    [['--e'], 'ambiguous:--e'],
    [['--sizes', '4'], '(4) [--sizes]'],
    [['-wi', '4'], '--wide=4'],
    [['-sl', '4'], '--size-local=4'],
    [['-e'], '--eager='],
    [['-x'], '[-x]'],
    [['-x', '4'], '(4) [-x]'],
    [['-x4'], '[-x4]'],
    [['-x=4'], '[-x=4]'],
    [['-w=4'], '[-w=4] python:-w=4'],
    [['-S4'], '[-S4]'],
  ])('%j is read as %s', (words, read) => {
    expect(short(words)).toBe(read);
  });

  test('an ambiguous one names all that it may mean', () => {
    expect(parse(['--si=4']).refusals).toEqual([
      { code: 'ambiguous', options: ['--size', '--size-local'], written: '--si=4' },
    ]);
  });

  test('a one-letter option with its value attached is not the beginning of another', () => {
    expect(parse(['-sl4']).taken).toMatchObject([{ option: '--size', values: ['l4'] }]);
  });

  test('without abbreviations long names count as a whole, values are still parted', () => {
    const whole = { abbreviations: false };
    expect(short(['--nam', 'a'], whole)).toBe('(a) [--nam]');
    expect(short(['--names=a'], whole)).toBe('--names=a');
    expect(short(['--s', 'a'], whole)).toBe('(a) [--s]');
    expect(short(['-s4'], whole)).toBe('--size=4');
  });
});

describe('words that belong to no option', () => {
  test.each<[string[], string]>([
    [['m'], '(m)'],
    [['m', 'n'], '(m) [n]'],
    [['--quiet', 'm', 'n', '--quiet', 'o'], '--quiet= --quiet= (m) [n o]'],
    [['--x', 'm'], '(m) [--x]'],
    [['m', '--x', 'n', '--size', '4'], '--size=4 (m) [--x n]'],
    [['--'], ''],
    [['m', '--'], '(m)'],
    [['--', 'm'], '(m)'],
    [['--', 'm', 'n'], '(m) [n]'],
    [['m', '--', 'n'], '(m) [n]'],
    [['m', 'n', '--', 'o'], '(m) [n -- o]'],
    [['m', '--quiet', '--'], '--quiet= (m) [--]'],
    [['--', '--quiet'], '(--quiet)'],
    [['--', '--', 'm'], '(--) [m]'],
    [['--quiet', '--', '--size', '4'], '--quiet= (--size) [4]'],
  ])('%j is read as %s', (words, read) => {
    expect(short(words)).toBe(read);
  });

  test.each<[string[], string]>([
    [['m', '--quiet', 'n'], '--quiet= [m n]'],
    [['--', 'm'], '[-- m]'],
    [['--size', '4', 'm'], '--size=4 [m]'],
  ])('a parser that takes none leaves them all: %j is read as %s', (words, read) => {
    expect(short(words, { positional: false })).toBe(read);
  });
});

test('what was taken names the words as they were written, in one piece', () => {
  expect(parse(['--size', '4', '-s=4', '--names', 'a', 'b']).taken.map(({ written }) => written)).toEqual([
    '--size 4',
    '-s=4',
    '--names a b',
  ]);
  const rewritten = [
    { text: '--size', written: '--si_ze.x 4' },
    { text: '{"x": 4}', written: '' },
  ];
  expect(parseKnown(table, rewritten).taken).toEqual([
    { option: '--size', on: true, values: ['{"x": 4}'], written: '--si_ze.x 4' },
  ]);
});

test('a refusal names the option and the words it is about', () => {
  expect(parse(['--si-l']).refusals).toEqual([]);
  expect(parse(['--siz=4', '--quiet=x', '--size']).refusals).toEqual([
    { code: 'ambiguous', options: ['--size', '--size-local'], written: '--siz=4' },
    { code: 'extra', options: ['--quiet'], written: '--quiet=x' },
    { code: 'missing', options: ['--size'], written: '--size' },
  ]);
});
