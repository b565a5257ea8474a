import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import type { ConfigValue } from '#upstream/vllm/config-words.ts';
import { fields, type Read } from '#upstream/vllm/fields.ts';
import { type EngineProgram, readWords } from '#upstream/vllm/read-words.ts';

// Random lines with what the real parsers of vLLM 0.31 and ai-dynamo 1.6.1 said of them (VLLM_RECORD in
// test/property/vllm-parser.test.ts). `ours`: refused because of an option we read;
// `values` are those that are not the engine's own.
type Row = {
  program: EngineProgram;
  words: string[];
  config?: Record<string, ConfigValue>;
  verdict:
    { kind: 'read'; values: Record<string, unknown> } | { kind: 'unknown'; words: string } | { kind: 'ours' | 'help' };
};
const rows = JSON.parse(readFileSync('test/cases/vllm-parser-sample.json', 'utf8')) as Row[];
const of = <K extends Row['verdict']['kind']>(kind: K) => rows.filter(({ verdict }) => verdict.kind === kind);
const defaults = Object.fromEntries(Object.entries(fields).map(([name, [, , initial]]) => [name, initial]));
const read = ({ program, words, config }: Row) => readWords(words, { program, config });

describe('lines that the engine accepts', () => {
  test.each(of('read'))('$program $words', (row) => {
    const ours = read(row);
    expect(ours).toMatchObject({ errors: [], unknown: [], help: false });
    const engine = row.verdict.kind === 'read' ? row.verdict.values : {};
    const values = Object.entries({ ...ours.sizes, ...ours }).filter(([name]) => Object.hasOwn(fields, name));
    expect(Object.fromEntries(values.map(([name, read]) => [name, (read as Read<unknown>).value]))).toEqual({
      ...defaults,
      ...engine,
    });
  });
});

describe('lines that it refuses because of an option we read', () => {
  test.each(of('ours'))('$program $words', (row) => {
    expect(read(row).errors).not.toEqual([]);
  });
});

describe('lines with words that it does not know', () => {
  test.each(of('unknown'))('$program $words', (row) => {
    const { unknown, errors } = read(row);
    const careful = errors.some(({ code }) => code === 'python' || code === 'too-large');
    if (!careful) expect(unknown.join(' ')).toBe(row.verdict.kind === 'unknown' ? row.verdict.words : '');
  });
});

test.each(of('help'))('$program $words asks for help', (row) => {
  expect(read(row).help).toBe(true);
});

test('the sample has enough of each', () => {
  expect(of('read').length).toBeGreaterThan(90);
  expect(of('ours').length).toBeGreaterThan(90);
  expect(of('unknown').length).toBeGreaterThan(40);
});
