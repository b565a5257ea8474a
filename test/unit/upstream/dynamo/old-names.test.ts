import { describe, expect, test } from 'vitest';

import { oldNames, oldVariables, oldWords } from '#upstream/dynamo/old-names.ts';
import { comparePep440, parsePep440 } from '#upstream/pep440.ts';
import { dynamoTable, engineTable, routerTable } from '#upstream/vllm/option-table.ts';

const seen = (words: readonly string[]) => oldWords(words).map(({ old, written }) => [old.name, ...written]);

describe('old words', () => {
  test.each([
    [['--model', 'm'], []],
    [['--is-prefill-worker'], [['--is-prefill-worker', '--is-prefill-worker']]],
    [['--is-decode-worker', 'x'], [['--is-decode-worker', '--is-decode-worker']]],
    [['--store-kv', 'etcd', 'x', '--model', 'm'], [['--store-kv', '--store-kv', 'etcd']]],
    [['--store-kv=file', 'x'], [['--store-kv', '--store-kv=file']]],
    [['--store-kv', '--model', 'm'], [['--store-kv', '--store-kv']]],
    [['--connector', 'nixl', 'kvbm', '--model', 'm'], [['--connector', '--connector', 'nixl', 'kvbm']]],
    [['--connector'], [['--connector', '--connector']]],
    [
      ['--connector', 'none', '--is-prefill-worker', '--migration-limit', '3'],
      [
        ['--connector', '--connector', 'none'],
        ['--is-prefill-worker', '--is-prefill-worker'],
        ['--migration-limit', '--migration-limit', '3'],
      ],
    ],
    // Dynamo's parser knows no abbreviations and no other spelling, and nothing behind --.
    [['--is-prefill', '--is_prefill_worker', '--no-is-prefill-worker', 'DYN_STORE_KV'], []],
    [['--model', 'm', '--', '--is-prefill-worker'], []],
  ])('of %j are %j', (words, met) => expect(seen(words)).toEqual(met));
});

test.each([
  [{}, []],
  [{ DYN_STORE_KV: 'mem', DYN_CONNECTOR: 'nixl' }, ['DYN_CONNECTOR', 'DYN_STORE_KV']],
  [{ DYN_STORE_KV: '', DYN_DISCOVERY_BACKEND: 'mem' }, []],
  [{ DYN_VLLM_IS_PREFILL_WORKER: ' Yes ' }, ['DYN_VLLM_IS_PREFILL_WORKER']],
  [{ DYN_VLLM_IS_PREFILL_WORKER: '0', DYN_VLLM_MULTIMODAL_WORKER: 'false' }, []],
  [{ '--connector': 'x' }, []],
])('old variables of %j are %j', (env, names) =>
  expect(oldVariables(env).flatMap(({ written }) => written)).toEqual(names),
);

describe('the table', () => {
  const at = (version: string) => {
    const parsed = parsePep440(version);
    if (parsed === null) throw new Error(version);
    return parsed;
  };

  test('has each name once, and a name goes when there is another, or later', () => {
    const names = oldNames.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { since, gone } of oldNames)
      expect(gone === null || comparePep440(at(gone), at(since)) >= 0, `${since} ${gone}`).toBe(true);
  });

  test('agrees with the parsers of Dynamo 1.6.1, which still parse --connector in order to refuse it', () => {
    const tables = [dynamoTable(), routerTable(), engineTable()];
    const parsed = oldNames.filter(({ name }) => tables.some(({ names }) => names.has(name)));
    expect(parsed.map(({ name }) => name)).toEqual(['--connector', '--model-express-url']);
    expect(oldNames.filter(({ gone }) => gone === null).map(({ name }) => name)).toEqual(['--model-express-url']);
  });

  test('names only options of today that Dynamo 1.6.1 has', () => {
    const tables = [dynamoTable(), engineTable()];
    for (const { today } of oldNames)
      for (const [flag] of today.matchAll(/--[a-z][a-z-]+/g))
        expect(
          tables.some(({ names }) => names.has(flag)),
          flag,
        ).toBe(true);
  });
});
