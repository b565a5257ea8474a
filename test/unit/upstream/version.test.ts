import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { comparePep440, parsePep440 } from '#upstream/pep440.ts';
import { compareVersions, parseOperatorVersion } from '#upstream/version.ts';

const read = (name: string): unknown => JSON.parse(readFileSync(`test/cases/${name}.json`, 'utf8'));
type Row = { text: string; parsed: string | null; belowOne: boolean | null };
const operator = read('operator-versions') as { rows: Row[] };
const python = read('python-versions') as { ordered: string[][]; invalid: string[] };

const operatorVersion = (text: string) => {
  const version = parseOperatorVersion(text);
  if (version === null) throw new Error(`${text} is no version`);
  return version;
};
const pythonVersion = (text: string) => {
  const version = parsePep440(text);
  if (version === null) throw new Error(`${text} is no version`);
  return version;
};

describe('operator versions', () => {
  test.each(operator.rows)('$text is read as the operator reads it', ({ text, parsed, belowOne }) => {
    const version = parseOperatorVersion(text);
    expect(version?.normal ?? null).toBe(parsed);
    expect(version?.text).toBe(parsed === null ? undefined : text);
    if (version !== null) expect(compareVersions(version, operatorVersion('1.0.0')) < 0).toBe(belowOne);
  });

  test.each(
    [
      '0.9.0-dev',
      '0.9.0',
      '1.0.0-1',
      '1.0.0-rc.1',
      '1.0.0-rc.2',
      '1.0.0-rc.10',
      '1.0.0-rc1',
      '1.0.0',
      '1.0.1-rc.1',
      '1.10.0',
    ].map((text, index, all) => [text, all[index + 1] ?? '2']),
  )('%s comes before %s', (lower, higher) => {
    expect(compareVersions(operatorVersion(lower), operatorVersion(higher))).toBeLessThan(0);
    expect(compareVersions(operatorVersion(higher), operatorVersion(lower))).toBeGreaterThan(0);
  });

  test('build metadata does not count', () => {
    expect(compareVersions(operatorVersion('1.0.0+a'), operatorVersion('v1+b'))).toBe(0);
  });

  test('a number beyond what can be compared exactly is no version', () => {
    expect(parseOperatorVersion('9007199254740993.0.0')).toBeNull();
  });
});

describe('Python versions', () => {
  test('are in the order of packaging', () => {
    const ranks = python.ordered.flatMap((texts, rank) =>
      texts.map((text) => ({ rank, version: pythonVersion(text) })),
    );
    for (const a of ranks)
      for (const b of ranks) {
        const order = Math.sign(comparePep440(a.version, b.version));
        if (order !== Math.sign(a.rank - b.rank))
          throw new Error(`${a.version.text} against ${b.version.text}: ${order}`);
      }
    expect(ranks.length).toBeGreaterThan(200);
  });

  test.each(python.invalid)('%j is none', (text) => expect(parsePep440(text)).toBeNull());

  test('are told by their parts', () => {
    expect(parsePep440(' v2!1.02.0-PREVIEW_3.post4.DEV5+Ab.07 ')).toEqual({
      text: ' v2!1.02.0-PREVIEW_3.post4.DEV5+Ab.07 ',
      epoch: 2,
      release: [1, 2, 0],
      pre: { kind: 'rc', number: 3 },
      post: 4,
      dev: 5,
      local: ['ab', 7],
    });
    expect(parsePep440('1')).toEqual({
      text: '1',
      epoch: 0,
      release: [1],
      pre: null,
      post: null,
      dev: null,
      local: [],
    });
    expect(parsePep440('1a-1')).toMatchObject({ pre: { kind: 'a', number: 1 } });
    expect(parsePep440('1-1')).toMatchObject({ pre: null, post: 1 });
    expect(parsePep440('1.post')).toMatchObject({ post: 0, dev: null });
    expect(parsePep440('1.dev')).toMatchObject({ post: null, dev: 0 });
    expect(parsePep440('1b')).toMatchObject({ pre: { kind: 'b', number: 0 } });
  });

  test.each([
    ['1.0.dev1', '1.0a1'],
    ['1.0a1', '1.0b1'],
    ['1.0b1', '1.0rc1'],
    ['1.0rc1.dev1', '1.0rc1'],
    ['1.0rc1', '1.0'],
    ['1.0', '1.0+cpu'],
    ['1.0+cpu', '1.0+1'],
    ['1.0+1', '1.0+1.a'],
    ['1.0+1.a', '1.0+1.1'],
    ['1.0+2', '1.0+10'],
    ['1.0', '1.0.post0'],
    ['1.0.post0.dev1', '1.0.post0'],
    ['1.0.post1', '1.0.1'],
    ['2.0', '1!1.0'],
  ])('%s comes before %s', (lower, higher) => {
    expect(comparePep440(pythonVersion(lower), pythonVersion(higher))).toBeLessThan(0);
    expect(comparePep440(pythonVersion(higher), pythonVersion(lower))).toBeGreaterThan(0);
  });

  test.each([
    ['1.0', '1'],
    ['1.0.0', '1.0'],
    ['1.0-RC1', '1.0c1'],
    ['1.0+a-1', '1.0+A.1'],
    ['0', '0.0'],
  ])('%s equals %s', (a, b) => {
    expect(comparePep440(pythonVersion(a), pythonVersion(b))).toBe(0);
  });
});
