import { describe, expect, test } from 'vitest';

import { dynamoWorker, planFor, serve, version, warned } from './plan-for.ts';

const dynamo = (text: string | null) => ({ dynamo: text === null ? null : version(text, 'ai_dynamo') });
const plan = (words: readonly string[], installed: string | null, env = {}) =>
  planFor({ words: dynamoWorker(...words), facts: dynamo(installed), env });
const said = (words: readonly string[], installed: string | null, env = {}) =>
  plan(words, installed, env).document.warnings.map(({ code, message }) => `${code}: ${message}`);

describe('an old name of an option', () => {
  const is = (text: string) => `Dynamo ${text} (ai_dynamo-${text}.dist-info)`;
  const prefill = 'write --disaggregation-mode prefill';

  test.each([
    // The installed Dynamo does not know today's name yet.
    [['--is-prefill-worker'], '0.9.1', []],
    [['--store-kv', 'etcd'], '0.9.1', []],
    [['--connector', 'nixl'], '0.9.1', []],
    [
      ['--is-prefill-worker'],
      '1.0.0',
      [
        `renamed-engine-word: --is-prefill-worker has another name from Dynamo 1.0.0 on; ${is('1.0.0')} takes it, 1.4.0 does not: ${prefill}`,
      ],
    ],
    [
      ['--is-prefill-worker'],
      '1.4.0',
      [`removed-engine-word: --is-prefill-worker is gone from Dynamo 1.4.0 on, and this is ${is('1.4.0')}: ${prefill}`],
    ],
    [
      ['--store-kv=etcd'],
      '1.6.1',
      [
        `removed-engine-word: --store-kv=etcd is gone from Dynamo 1.0.0 on, and this is ${is('1.6.1')}: write --discovery-backend with the same value`,
      ],
    ],
    [
      ['--model-express-url', 'u'],
      '1.6.1',
      [
        `renamed-engine-word: --model-express-url u has another name from Dynamo 1.3.0 on; ${is('1.6.1')} still takes it: write --load-format modelexpress`,
      ],
    ],
    [
      ['--is-decode-worker'],
      null,
      [
        'old-engine-word: --is-decode-worker is gone from Dynamo 1.4.0 on, and which one is installed is not known: write --disaggregation-mode decode',
      ],
    ],
    [
      ['--model-express-url', 'u'],
      'main',
      [
        'old-engine-word: --model-express-url u has another name from Dynamo 1.3.0 on, and which one is installed is not known: write --load-format modelexpress',
      ],
    ],
  ])('%j with Dynamo %s: %j', (words, installed, warnings) =>
    expect(said(words, installed).filter((one) => !one.startsWith('drops-requests'))).toEqual(warnings),
  );

  test('is told with all its words, and an unknown word beside it is still unknown', () => {
    const [first, second] = said(
      ['--connector', 'nixl', 'kvbm', '--no-such-word', '--store-kv', 'mem'],
      '1.6.1',
    ).filter((one) => one.includes('engine-word'));
    expect(first).toBe(
      'unknown-engine-words: words of the engine command that no engine we know takes: "--no-such-word"',
    );
    expect(second).toContain('--connector nixl kvbm is gone from Dynamo 1.0.0 on');
    expect(second).toContain('write --kv-transfer-config \'{"kv_connector":"NixlConnector","kv_role":"kv_both"}\'');
  });

  test('of a variable is warned of by its name alone', () => {
    const [first] = said([], '1.6.1', { DYN_STORE_KV: 'hidden' });
    expect(first).toContain('removed-engine-word: DYN_STORE_KV is gone');
    expect(first).not.toContain('hidden');
  });

  test("is nothing to vLLM's own program, and does not keep it from being run", () => {
    expect(warned(planFor({ words: serve('--is-prefill-worker') }))).toContain('unknown-engine-words');
    expect(plan(['--is-prefill-worker', '--connector', 'nixl'], '1.6.1').problems).toEqual([]);
  });
});

describe('the mode of a worker by an old name', () => {
  test.each([
    [['--is-prefill-worker'], '0.9.1', {}, 'prefill'],
    [['--is-decode-worker'], '1.3.1', {}, 'decode'],
    [['--multimodal-decode-worker'], '1.3.1', {}, 'decode'],
    [['--multimodal-encode-worker'], '1.3.1', {}, null],
    [['--multimodal-worker'], '1.3.1', {}, 'aggregated'],
    [[], '1.3.1', { DYN_VLLM_IS_PREFILL_WORKER: '1' }, 'prefill'],
    // Gone: the word is refused and the variable overlooked.
    [[], '1.4.0', { DYN_VLLM_IS_PREFILL_WORKER: '1' }, 'aggregated'],
    [['--disaggregation-mode', 'decode'], '1.6.1', { DYN_VLLM_IS_PREFILL_WORKER: '1' }, 'decode'],
    [['--is-prefill-worker'], null, {}, null],
    [['--store-kv', 'mem'], null, {}, 'aggregated'],
  ])('%j with Dynamo %s and %j is %s', (words, installed, env, mode) =>
    expect(plan(words, installed, env).document.engine.mode).toBe(mode),
  );
});
