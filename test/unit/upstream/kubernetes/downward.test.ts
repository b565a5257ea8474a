import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { parseDownwardMap } from '#upstream/kubernetes/downward.ts';

type Case = { name: string; content: string; expect?: Record<string, string>; error?: string };
const read = (name: string): unknown => JSON.parse(readFileSync(`test/cases/${name}.json`, 'utf8'));
const { cases } = read('downward-cases') as { cases: Case[] };
const { rows } = read('go-unquote') as { rows: { quoted: string; value: string | null }[] };

describe('the kubelet map format', () => {
  test.each(cases)('$name', ({ content, expect: expected, error }) => {
    const parsed = parseDownwardMap(content);
    if (error === undefined) expect(parsed).toEqual({ ok: true, values: new Map(Object.entries(expected ?? {})) });
    else expect(parsed.ok).toBe(false);
  });

  test.each(rows)('reads $quoted as Go does', ({ quoted, value }) => {
    const parsed = parseDownwardMap(`k=${quoted}`);
    if (value === null) expect(parsed.ok).toBe(false);
    else expect(parsed).toEqual({ ok: true, values: new Map([['k', value]]) });
  });

  test('joins neighbouring byte escapes into one character', () => {
    expect(parseDownwardMap(String.raw`k="\xf0\237\x9a\200"`)).toEqual({ ok: true, values: new Map([['k', '🚀']]) });
  });

  test('does not join bytes across plain text', () => {
    const parsed = parseDownwardMap(String.raw`k="\xc3-\xa9"`);
    expect(parsed).toEqual({ ok: true, values: new Map([['k', '\ufffd-\ufffd']]) });
  });

  test('keeps a byte order mark that is part of a value', () => {
    expect(parseDownwardMap(String.raw`k="\xef\xbb\xbfa"`)).toEqual({ ok: true, values: new Map([['k', '\ufeffa']]) });
  });

  test('lets blank lines through', () => {
    expect(parseDownwardMap('\na="1"\n\n\r\nb="2"')).toMatchObject({
      ok: true,
      values: new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    });
  });

  test('takes __proto__ as a key like any other', () => {
    expect(parseDownwardMap('__proto__="1"')).toEqual({ ok: true, values: new Map([['__proto__', '1']]) });
  });
});

const bad = (text: string) => `expected ${text}`;
const escape = bad(String.raw`an escape that Go reads: \a \b \f \n \r \t \v \\ \" \xHH \OOO \uHHHH \UHHHHHHHH`);
const blanks = bad('a key without blanks and quotes');

describe('a malformed file is told by line, column and what was expected', () => {
  test.each([
    ['mp', 1, 3, bad('= after the key')],
    ['a="1"\nmp', 2, 3, bad('= after the key')],
    ['\n="v"', 2, 1, bad('a key before =')],
    ['a b="1"', 1, 2, blanks],
    [' a="1"', 1, 1, blanks],
    ['a"="1"', 1, 2, blanks],
    ['a\t="1"', 1, 2, blanks],
    ['a=1', 1, 3, bad('" after =')],
    ['a=', 1, 3, bad('" after =')],
    ['a= "1"', 1, 3, bad('" after =')],
    ['a="1', 1, 5, bad('a closing "')],
    ['a="', 1, 4, bad('a closing "')],
    ['a="1" ', 1, 6, bad('the end of the line after the closing "')],
    ['a="1"b="2"', 1, 6, bad('the end of the line after the closing "')],
    [String.raw`a="1\q"`, 1, 5, escape],
    ['a="1\\', 1, 5, escape],
    [String.raw`a="\x4"`, 1, 4, escape],
    [String.raw`a="\X41"`, 1, 4, escape],
    [String.raw`a="\400"`, 1, 4, escape],
    [String.raw`a="🚀é\ud800"`, 1, 6, escape],
    [String.raw`a="\udfff"`, 1, 4, escape],
    [String.raw`a="\U00110000"`, 1, 4, escape],
    ['a="1"\r\nb="2"\r\na="3"', 3, 1, bad('a key that was not there before')],
  ])('%j at %i:%i', (text, line, column, message) => {
    expect(parseDownwardMap(text)).toEqual({ ok: false, line, column, message });
  });

  test.each([
    [String.raw`"\ud7ff"`, '\ud7ff'],
    [String.raw`"\ue000"`, '\ue000'],
    [String.raw`"\U0010ffff"`, '\u{10ffff}'],
  ])('the code points around surrogates and the last one are good: %s', (quoted, value) => {
    expect(parseDownwardMap(`k=${quoted}`)).toEqual({ ok: true, values: new Map([['k', value]]) });
  });
});
