import { describe, expect, test } from 'vitest';

import type { ConfigValue } from '#upstream/vllm/config-words.ts';
import { rewriteWords } from '#upstream/vllm/rewrite.ts';
import { word } from '#upstream/vllm/words.ts';

const rewrite = (words: readonly string[], document?: ConfigValue) =>
  rewriteWords(words.map(word), { document, knows: (name) => name === '--no-eager' });
const texts = (words: readonly string[], document?: ConfigValue) =>
  rewrite(words, document).words.map(({ text }) => text);
const codes = (words: readonly string[], document?: ConfigValue) =>
  rewrite(words, document).errors.map(({ code }) => code);

describe('spellings', () => {
  test.each<[string[], string[]]>([
    [
      ['--tensor_parallel_size', '4'],
      ['--tensor-parallel-size', '4'],
    ],
    [['--tensor_parallel-size=a_b'], ['--tensor-parallel-size=a_b']],
    [
      ['--a_b.c_d', '1'],
      ['--a-b', '{"c_d": 1}'],
    ],
    [['--a_b.c_d=1'], ['--a-b', '{"c_d": 1}']],
    [['--_'], ['---']],
    [['--'], ['--']],
    [
      ['-a_b', 'a_b', '_'],
      ['-a_b', 'a_b', '_'],
    ],
    [
      ['--help=all', '--help'],
      ['--help', '--help'],
    ],
    [['--helping=all'], ['--helping=all']],
    [
      ['-O3', '-Odecode', '-O=2', '-O='],
      [
        '--optimization-level',
        '3',
        '--optimization-level',
        'decode',
        '--optimization-level',
        '2',
        '--optimization-level',
        '',
      ],
    ],
    [
      ['-O', '3', '-O', '4', '-O', '33', '-O'],
      ['--optimization-level', '3', '-O', '4', '-O', '33', '-O'],
    ],
    [
      ['-o3', '--O3'],
      ['-o3', '--O3'],
    ],
  ])('%j becomes %j', (words, becomes) => {
    expect(texts(words)).toEqual(becomes);
  });

  test('what was written is kept', () => {
    expect(rewrite(['--a_b', '-O3', '-O', '--help=x']).words).toEqual([
      { text: '--a-b', written: '--a_b' },
      { text: '--optimization-level', written: '-O3' },
      { text: '3', written: '' },
      { text: '-O', written: '-O' },
      { text: '--help', written: '--help=x' },
    ]);
  });
});

describe('the model of vllm serve', () => {
  test.each<[string[], string[]]>([
    [
      ['serve', '-tp', '2', '--model', 'm', '--port', '1'],
      ['serve', 'm', '-tp', '2', '--port', '1'],
    ],
    [
      ['serve', '-tp', '2', '--model=m', '--port', '1'],
      ['serve', 'm', '-tp', '2', '--port', '1'],
    ],
    [
      ['serve', '--model=a=b'],
      ['serve', 'a=b'],
    ],
    [
      ['serve', '--model', '-tp', '4'],
      ['serve', '-tp', '4'],
    ],
    [
      ['serve', '--model=', 'm'],
      ['serve', '--model=', 'm'],
    ],
    [
      ['serve', '--model', 'a', '--model', 'b'],
      ['serve', 'a', '--model', 'b'],
    ],
    [
      ['serve', '--model-impl', 'x'],
      ['serve', '--model-impl', 'x'],
    ],
    [
      ['serve', 'x--model=m'],
      ['serve', 'x--model=m'],
    ],
    [
      ['serve', '--models', 'x'],
      ['serve', '--models', 'x'],
    ],
    [
      ['--model', 'm'],
      ['--model', 'm'],
    ],
    [
      ['served', '--model', 'm'],
      ['served', '--model', 'm'],
    ],
  ])('%j becomes %j', (words, becomes) => {
    expect(texts(words)).toEqual(becomes);
    expect(codes(words)).toEqual([]);
  });

  test('keeps the words it came from', () => {
    expect(rewrite(['serve', '--model', 'm']).words[1]).toEqual({ text: 'm', written: '--model m' });
    expect(rewrite(['serve', '--model=m']).words[1]).toEqual({ text: 'm', written: '--model=m' });
  });

  test('is refused when it is not there', () => {
    expect(rewrite(['serve', '-tp', '2', '--model']).errors).toEqual([
      { code: 'missing', flag: '--model', value: null, message: 'cannot use --model: no model follows; write one' },
    ]);
  });

  test.each<[string[], string[]]>([
    [['serve', '--served-model-name', 'n'], ['model']],
    [['serve', '--served_model_name=n'], ['model']],
    [['serve', '--served-model_name=n'], ['model']],
    [['serve', '-tp', '2', '--served-model-name', 'n'], ['model']],
    [['serve', '--model=-m', '--served-model-name', 'n'], ['model']],
    [['serve', 'm', '--served-model-name', 'n'], []],
    [['serve', '--model', 'm', '--served-model-name', 'n'], []],
    [['serve', '--served-model-name', 'n', '--config=c.yaml'], []],
    [['serve', '--served-model-names', 'n'], []],
    [['serve', '-tp', '2', 'x--served-model-name'], []],
    [['--served-model-name', 'n'], []],
    [['serve'], []],
    [['serve', '-tp', '2'], []],
  ])('must come first where it is served under a name: %j has errors %j', (words, errors) => {
    expect(codes(words)).toEqual(errors);
  });

  test('the error says what to write', () => {
    expect(rewrite(['serve', '--served-model-name', 'n']).errors).toMatchObject([
      {
        flag: '--served-model-name',
        value: null,
        message: expect.stringMatching(/^cannot run vllm serve: .*; write vllm serve MODEL$/),
      },
    ]);
  });
});

describe('the words of a --config file', () => {
  test.each<[string, string[], ConfigValue, string[]]>([
    [
      'behind the model',
      ['serve', 'm', '-tp', '2', '--config', 'c.yaml', 'x'],
      { port: 1 },
      ['serve', 'm', '--port', '1', '-tp', '2', 'x'],
    ],
    [
      'behind a model that was an option',
      ['serve', '-tp', '2', '--model', 'm', '--config', 'c.yaml'],
      { port: 1 },
      ['serve', 'm', '--port', '1', '-tp', '2'],
    ],
    [
      'behind the command when they name the model',
      ['serve', '-tp', '2', '--config', 'c.yml'],
      { model: 'm' },
      ['serve', '--model', 'm', '-tp', '2'],
    ],
    [
      'first when there is no command',
      ['-tp', '2', '--config', 'c.yaml', '--x'],
      { port: 1 },
      ['--port', '1', '-tp', '2', '--x'],
    ],
    ['first when they are all', ['--config', 'c.yaml'], { port: 1 }, ['--port', '1']],
    [
      'behind a first word that is no command',
      ['m', '-tp', '2', '--config', 'c.yaml'],
      { port: 1 },
      ['m', '--port', '1', '-tp', '2'],
    ],
    [
      'spelled like other words',
      ['serve', 'm', '--config', 'c.yaml'],
      { tensor_parallel_size: 4, eager: false, 'a_b.c': 1 },
      ['serve', 'm', '--tensor-parallel-size', '4', '--no-eager', '--a-b', '{"c": 1}'],
    ],
    ['none at all', ['serve', 'm', '--config', 'c.yaml'], {}, ['serve', 'm']],
  ])('come %s', (_, words, document, becomes) => {
    expect(texts(words, document)).toEqual(becomes);
    expect(rewrite(words, document).errors).toEqual([]);
    expect(rewrite(words, document).configFile).toBe(words[words.indexOf('--config') + 1]);
  });

  test.each<[string, string[], ConfigValue | undefined, RegExp]>([
    ['without a file', ['serve', 'm', '--config'], {}, /^cannot use --config: no file follows; name one$/],
    [
      'twice',
      ['serve', 'm', '--config', 'c.yaml', '--config', 'd.yaml'],
      {},
      /^cannot use --config c\.yaml: it is given twice/,
    ],
    [
      'of another kind',
      ['serve', 'm', '--config', 'c.json'],
      {},
      /^cannot use --config c\.json: vLLM reads only \.yaml and \.yml/,
    ],
    ['of another kind', ['serve', 'm', '--config', 'yaml.d'], {}, /only \.yaml/],
    ['of another kind', ['serve', 'm', '--config', 'c.yamlx'], {}, /only \.yaml/],
    ['of another kind', ['serve', 'm', '--config', 'cyaml'], {}, /only \.yaml/],
    ['that was not read', ['serve', 'm', '--config', 'c.yaml'], undefined, /the file has not been read/],
    [
      'without a mapping',
      ['serve', 'm', '--config', 'c.yaml'],
      null,
      /c\.yaml holds no mapping of options to values; /,
    ],
    ['without a model', ['serve', '--config', 'c.yaml'], { port: 1 }, /name a model/],
    ['without a model', ['serve', '-tp', '2', '--config', 'c.yaml'], { 'model-impl': 1 }, /name a model/],
  ])('a file %s is refused', (_, words, document, message) => {
    const { errors } = rewrite(words, document);
    expect(errors).toMatchObject([
      { code: 'config', flag: '--config', value: words[words.indexOf('--config') + 1] ?? null },
    ]);
    expect(errors[0]?.message).toMatch(message);
  });

  test('a refused file leaves the other words as they are', () => {
    expect(texts(['serve', 'm', '--config', 'c.json', '-tp', '2'])).toEqual(['serve', 'm', '-tp', '2']);
    expect(rewrite(['serve', 'm', '--config', 'c.json']).configFile).toBe('c.json');
    expect(rewrite(['serve', 'm', '--config']).configFile).toBeNull();
  });

  test('a file called yaml has the right ending for vLLM', () => {
    expect(codes(['serve', 'm', '--config', 'yaml'], {})).toEqual([]);
    expect(codes(['serve', 'm', '--config', 'a.b/c.yml'], {})).toEqual([]);
  });

  test('only the word --config itself is one', () => {
    for (const words of [
      ['serve', 'm', '--config=c.yaml'],
      ['serve', 'm', '--conf', 'c.yaml'],
    ]) {
      expect(rewrite(words)).toMatchObject({ configFile: null, errors: [] });
      expect(texts(words)).toEqual(words);
    }
  });
});

test('errors of all steps are kept', () => {
  expect(codes(['serve', '--served-model-name', 'n', '--a.b'])).toEqual(['model', 'missing']);
});
