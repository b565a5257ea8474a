import { describe, expect, test } from 'vitest';

import type { fields } from '#upstream/vllm/fields.ts';
import { type EngineProgram, readWords } from '#upstream/vllm/read-words.ts';

const serve = (...words: readonly string[]) => readWords(['m', ...words], { program: 'vllm-serve' });
const dynamo = (...words: readonly string[]) => readWords(words, { program: 'dynamo-vllm' });
const module = (...words: readonly string[]) => readWords(words, { program: 'openai-api-server' });

describe('the size is read from every spelling', () => {
  test.each([
    [['--tensor-parallel-size', '4'], '--tensor-parallel-size 4'],
    [['--tensor-parallel-size=4'], '--tensor-parallel-size=4'],
    [['--tensor_parallel_size', '4'], '--tensor_parallel_size 4'],
    [['--tensor_parallel-size=4'], '--tensor_parallel-size=4'],
    [['--tensor-parallel', '4'], '--tensor-parallel 4'],
    [['--te=4'], '--te=4'],
    [['-tp', '4'], '-tp 4'],
    [['-tp=4'], '-tp=4'],
    [['-t', '4'], '-t 4'],
    [['-tp', '1', '--tensor-parallel-size', '4'], '--tensor-parallel-size 4'],
    [['-tp', ' +0_4 '], '-tp  +0_4 '],
  ])('%j', (words, written) => {
    for (const read of [serve(...words), dynamo(...words), module(...words)]) {
      expect(read.sizes.tp).toEqual({ value: 4, word: written });
      expect(read.sizes.world).toBe(4);
      expect(read.errors).toEqual([]);
    }
  });
});

test.each<[string, string, string]>([
  ['tp', '--tensor-parallel-size', '-tp'],
  ['pp', '--pipeline-parallel-size', '-pp'],
  ['pcp', '--prefill-context-parallel-size', '-pcp'],
  ['dcp', '--decode-context-parallel-size', '-dcp'],
  ['dp', '--data-parallel-size', '-dp'],
  ['dpLocal', '--data-parallel-size-local', '-dpl'],
])('%s is %s or %s', (name, long, short) => {
  const sizes = (...words: string[]): Record<string, unknown> => serve(...words).sizes;
  expect(sizes(long, '3')[name]).toEqual({ value: 3, word: `${long} 3` });
  expect(sizes(`${short}=3`)[name]).toEqual({ value: 3, word: `${short}=3` });
  expect(sizes()[name]).toEqual({ value: name === 'dpLocal' ? null : 1, word: null });
});

test('world is tensor x pipeline x prefill-context parallel, data parallel and decode-context parallel not counted', () => {
  expect(serve('-tp', '2', '-pp', '3', '-pcp', '5', '-dp', '7', '-dcp', '1').sizes.world).toBe(30);
});

test.each<[keyof typeof fields, string[], unknown]>([
  ['executorBackend', ['--distributed-executor-backend', 'ray'], 'ray'],
  ['executorBackend', ['--distributed-exec=mp'], 'mp'],
  ['executorBackend', ['--distributed-executor-backend', 'my.Executor'], 'my.Executor'],
  ['executorBackend', ['--distributed-executor-backend', 'None'], null],
  ['executorBackend', ['--distributed-executor-backend='], null],
  ['nnodes', ['-n', '1'], 1],
  ['nnodes', ['-n1'], 1],
  ['nodeRank', ['-r', '0'], 0],
  ['nodeRank', ['--node_rank=0'], 0],
  ['masterAddr', ['--master-addr', '10.0.0.1'], '10.0.0.1'],
  ['masterAddr', ['--master-addr='], ''],
  ['masterPort', ['--master-port=29500'], 29500],
  ['headless', ['--headless'], true],
  ['dataParallelBackend', ['-dpb', 'ray'], 'ray'],
  ['dataParallelRank', ['-dpn', '1', '-dp', '2'], 1],
  ['dataParallelStartRank', ['-dpr', '1', '-dp', '2', '-dpl', '1'], 1],
  ['dataParallelAddress', ['-dpa', '10.0.0.1'], '10.0.0.1'],
  ['dataParallelRpcPort', ['-dpp', '29550'], 29550],
  ['hybridLb', ['-dph', '-dpl', '2', '-dp', '4'], true],
  ['externalLb', ['-dpe', '-dpn', '0', '-dp', '2'], true],
  ['multiPortExternalLb', ['-dpm', '-dpl', '2', '-dp', '2'], true],
  ['supervisorPort', ['--data-parallel-supervisor-port', '9000'], 9000],
  ['enableExpertParallel', ['-ep'], true],
  ['enableExpertParallel', ['-ep', '--no-enable-expert-parallel'], false],
  ['enableElasticEp', ['--enable-elastic-ep', '--enable-eplb', '-ep', '-dp', '2'], true],
  ['enableEplb', ['--enable-eplb', '-ep', '-dp', '2'], true],
  ['elasticEpMaxDpSize', ['--elastic-ep-max-dp-size', '4'], 4],
  ['apiServerCount', ['-asc', '2'], 2],
  ['shutdownTimeout', ['--shutdown-timeout', '30'], 30],
  ['host', ['--host', '0.0.0.0'], '0.0.0.0'],
  ['host', ['--host', 'None'], null],
  ['port', ['--port', '9000'], 9000],
  ['servedModelName', ['--served-model-name', 'a', 'b'], ['a', 'b']],
  ['servedModelName', ['--served-model-name', 'a', '', 'None'], ['a']],
  ['kvTransferConfig', ['--kv-transfer-config', '{"kv_role":"kv_both"}'], '{"kv_role":"kv_both"}'],
  ['kvTransferConfig', ['--kv-transfer-config.kv_role', 'kv_both'], '{"kv_role": "kv_both"}'],
  ['kvEventsConfig', ['--kv-events-config', '{"publisher":"zmq"}'], '{"publisher":"zmq"}'],
  ['kvEventsConfig', ['--kv-events-config', 'None'], null],
])('%s is read from %j', (name, words, value) => {
  const read = { ...serve(...words), ...serve(...words).sizes };
  expect(read[name as 'host']).toMatchObject({ value });
  expect(read[name as 'host'].word).not.toBeNull();
  expect(read.errors).toEqual([]);
  expect(read.unknown).toEqual([]);
});

test('what is not given is as the engine has it', () => {
  const read = serve();
  expect(read).toMatchObject({
    executorBackend: { value: null, word: null },
    nnodes: { value: 1, word: null },
    nodeRank: { value: 0, word: null },
    masterAddr: { value: '127.0.0.1', word: null },
    masterPort: { value: 29501, word: null },
    headless: { value: false, word: null },
    dataParallelBackend: { value: 'mp', word: null },
    dataParallelRank: { value: null, word: null },
    supervisorPort: { value: 9256, word: null },
    shutdownTimeout: { value: 0, word: null },
    apiServerCount: { value: null, word: null },
    host: { value: null, word: null },
    port: { value: 8000, word: null },
    model: { value: 'm', word: 'm' },
    servedModelName: { value: null, word: null },
    disaggregationMode: { value: null, word: null },
    configFile: { value: null, word: null },
    help: false,
    unknown: [],
    errors: [],
  });
});

describe('the model', () => {
  test.each<[EngineProgram, string[], string | null]>([
    ['vllm-serve', ['m'], 'm'],
    ['vllm-serve', ['--model', 'm'], 'm'],
    ['vllm-serve', ['-tp', '2', 'm'], 'm'],
    ['vllm-serve', ['a', '--model', 'm'], 'm'],
    ['vllm-serve', ['--', 'm'], 'm'],
    ['vllm-serve', ['-tp', '2'], null],
    ['openai-api-server', ['--model', 'm'], 'm'],
    ['openai-api-server', ['a', '--model', 'm'], 'm'],
    ['openai-api-server', ['a'], null],
    ['dynamo-vllm', ['--model', 'm'], 'm'],
    ['dynamo-vllm', ['--model', 'a', '--model=m'], 'm'],
    ['dynamo-vllm', [], null],
  ])('of %s %j is %s', (program, words, model) => {
    expect(readWords(words, { program }).model.value).toBe(model);
  });
});

describe('Dynamo', () => {
  test('takes its own options first, and only by their whole names', () => {
    expect(dynamo('--headless', '-tp', '2').headless).toEqual({ value: true, word: '--headless' });
    expect(dynamo('--headless', '--no-headless').headless).toEqual({ value: false, word: '--no-headless' });
    expect(dynamo('--headl')).toMatchObject({ headless: { value: false }, unknown: ['--headl'] });
    expect(dynamo('--namespace', '-tp')).toMatchObject({ unknown: [], errors: [{ code: 'missing' }] });
    expect(dynamo('--namespace', 'n', '-tp', '2').sizes.tp.value).toBe(2);
  });

  test('knows no underscores, and no options of the API server', () => {
    expect(dynamo('--disaggregation_mode', 'decode').unknown).toEqual(['--disaggregation-mode', 'decode']);
    expect(dynamo('--port', '8000').unknown).toEqual(['--port', '8000']);
    expect(dynamo('-tp', '2', 'm').unknown).toEqual(['m']);
    expect(dynamo().port).toEqual({ value: null, word: null });
  });

  test('has a router whose parser takes beginnings of names before the engine sees them', () => {
    expect(dynamo('--router-mode', 'kv', '-tp', '2')).toMatchObject({ unknown: [], sizes: { tp: { value: 2 } } });
    expect(dynamo('--enable').unknown).toEqual([]);
    expect(dynamo('--n', '2').errors).toEqual([]);
  });

  test.each([
    ['agg', 'agg'],
    ['pd', 'agg'],
    ['prefill', 'prefill'],
    ['decode', 'decode'],
    ['encode', 'encode'],
  ])('mode %s is %s', (given, mode) => {
    expect(dynamo('--disaggregation-mode', given)).toMatchObject({ disaggregationMode: { value: mode }, errors: [] });
  });

  test('is aggregated without a mode, and refuses one it does not know', () => {
    expect(dynamo().disaggregationMode).toEqual({ value: 'agg', word: null });
    expect(dynamo('--disaggregation-mode', 'both', '--disaggregation-mode', 'agg').errors).toEqual([
      {
        code: 'value',
        flag: '--disaggregation-mode',
        value: 'both',
        message:
          'cannot use --disaggregation-mode both: "both" is no mode of a worker; write one of agg, prefill, decode, encode, pd',
      },
    ]);
  });

  test.each([
    ['1', true],
    [' True ', true],
    ['yes', true],
    ['on', true],
    ['0', false],
    ['', false],
    ['y', false],
  ])('DYN_VLLM_HEADLESS=%j is %s', (value, headless) => {
    const env = { DYN_VLLM_HEADLESS: value };
    expect(readWords([], { program: 'dynamo-vllm', env }).headless).toEqual({
      value: headless,
      word: `DYN_VLLM_HEADLESS=${value}`,
    });
  });

  test('words beat the environment, which vLLM itself does not read', () => {
    const env = { DYN_VLLM_HEADLESS: '1', DYN_VLLM_DISAGGREGATION_MODE: 'decode' };
    expect(readWords(['--no-headless'], { program: 'dynamo-vllm', env }).headless.value).toBe(false);
    expect(readWords([], { program: 'dynamo-vllm', env }).disaggregationMode.value).toBe('decode');
    expect(readWords([], { program: 'dynamo-vllm', env: { DYN_VLLM_HEADLESS: undefined } }).headless.word).toBeNull();
    expect(readWords(['m'], { program: 'vllm-serve', env })).toMatchObject({
      headless: { value: false },
      disaggregationMode: { value: null },
    });
  });
});

describe('a --config file', () => {
  const words = ['m', '-tp', '2', '--config', 'c.yaml'];

  test('is named, and an error as long as nobody has read it', () => {
    expect(readWords(words, { program: 'vllm-serve' })).toMatchObject({
      configFile: { value: 'c.yaml', word: '--config c.yaml' },
      sizes: { tp: { value: 2 } },
      errors: [{ code: 'config', flag: '--config' }],
    });
  });

  test('gives what the words do not', () => {
    const config = { 'tensor-parallel-size': 4, pipeline_parallel_size: 3, headless: true };
    expect(readWords(words, { program: 'vllm-serve', config })).toMatchObject({
      sizes: {
        tp: { value: 2, word: '-tp 2' },
        pp: { value: 3, word: 'pipeline_parallel_size: 3 (c.yaml)' },
        world: 6,
      },
      headless: { value: true, word: 'headless: true (c.yaml)' },
      errors: [],
    });
  });

  test.each<[EngineProgram, boolean]>([
    ['vllm-serve', true],
    ['openai-api-server', false],
    ['dynamo-vllm', false],
  ])('%s: `false` in it switches off what it switched on: not (%s)', (program, still) => {
    const first = program === 'vllm-serve' ? ['m'] : ['--model', 'm'];
    const config = { enable_expert_parallel: true, 'enable-expert-parallel': false };
    const read = readWords([...first, '--config', 'c.yaml'], { program, config });
    expect(read.enableExpertParallel.value).toBe(still);
  });
});

test.each([
  [serve('--help'), true],
  [serve('-h'), true],
  [serve('--help=all'), true],
  [serve('--version'), false],
  [dynamo('-h'), true],
  [dynamo('--version'), true],
  [module('--hel'), true],
  [serve('-tp', '2'), false],
])('help or version asked for, case %#', (read, help) => {
  expect(read.help).toBe(help);
});

test('unknown words are named as the engine names them', () => {
  expect(serve('--my_flag', '3', '-tpx', '-dpx', '1').unknown).toEqual(['--my-flag', '3', '-tpx', '-dpx', '1']);
  expect(serve('--', '-tp', '4')).toMatchObject({ unknown: ['-tp', '4'], sizes: { tp: { value: 1 } } });
  expect(serve('-t=4').unknown).toEqual(['-t=4']);
});

test('an option as the value of another is not read', () => {
  expect(serve('--served-model-name=--enable-elastic-ep', '-dpb', 'ray').enableElasticEp.value).toBe(false);
  expect(serve('--watermark', '-0.5', '-tp', '4').sizes.tp).toEqual({ value: 1, word: null });
});
