import { describe, expect, test } from 'vitest';

import { readWords } from '#upstream/vllm/read-words.ts';

const serve = (...words: readonly string[]) => readWords(['m', ...words], { program: 'vllm-serve' });

describe('words that the parser refuses because of an option we read', () => {
  test.each<[string[], string, string, string | null, string]>([
    [['-tp', 'x'], 'value', '--tensor-parallel-size', 'x', 'cannot use -tp x: "x" is no whole number; write one'],
    [
      ['-tp', 'x', '-tp', '4'],
      'value',
      '--tensor-parallel-size',
      'x',
      'cannot use -tp x: "x" is no whole number; write one',
    ],
    [['-tp='], 'value', '--tensor-parallel-size', '', 'cannot use -tp=: "" is no whole number; write one'],
    [
      ['-tp', '99999999999999999999'],
      'too-large',
      '--tensor-parallel-size',
      '99999999999999999999',
      'cannot use -tp 99999999999999999999: the number is beyond all sense; write a smaller one',
    ],
    [['-tp', '4', '-tp'], 'missing', '--tensor-parallel-size', null, 'cannot use -tp: no value follows; write one'],
    [['-tp', '--headless'], 'missing', '--tensor-parallel-size', null, 'cannot use -tp: no value follows; write one'],
    [['--headless=1'], 'extra', '--headless', '1', 'cannot use --headless=1: this option takes no value; leave it out'],
    [
      ['--enable-elastic-ep=false'],
      'extra',
      '--enable-elastic-ep',
      'false',
      'cannot use --enable-elastic-ep=false: this option takes no value; leave it out',
    ],
    [['--no', '4'], 'ambiguous', '--node-rank', null, 'cannot use --no: it may mean'],
    [
      ['-t=4'],
      'python',
      '--tensor-parallel-size',
      '4',
      'cannot use -t=4: Python versions read it differently; write the whole name, and its value as the next word',
    ],
    [['-ep=n2'], 'python', '--enable-expert-parallel', 'n2', 'cannot use -ep=n2: Python versions read it differently'],
    [['-tp4'], 'glued', '--tensor-parallel-size', '4', 'cannot use -tp4: vLLM does not part 4 from -tp; write -tp 4'],
    [
      ['-dpl12'],
      'glued',
      '--data-parallel-size-local',
      '12',
      'cannot use -dpl12: vLLM does not part 12 from -dpl; write -dpl 12',
    ],
    [
      ['--tensor-parallel-size.x=4'],
      'value',
      '--tensor-parallel-size',
      '{"x": 4}',
      'cannot use --tensor-parallel-size.x=4: "{\\"x\\": 4}" is no whole number; write one',
    ],
  ])('%j', (words, code, flag, value, message) => {
    const [error] = serve(...words).errors;
    expect(error).toMatchObject({ code, flag, value });
    expect(error?.message.startsWith(message)).toBe(true);
  });

  test('each occurrence is told', () => {
    expect(serve('-tp', 'x', '-pp', 'y', '-tp', 'z').errors.map(({ value }) => value)).toEqual(['x', 'z', 'y']);
  });

  test('other options are the engine’s own affair', () => {
    for (const words of [
      ['--seed'],
      ['--seed', 'x'],
      ['--enforce-eager=1'],
      ['--max-num', '4'],
      ['-sc4', '-x4', '-qx'],
    ])
      expect(serve(...words).errors).toEqual([]);
  });
});

test('a conflict is looked for only where all words could be read', () => {
  expect(serve('-tp', '0').errors).toMatchObject([{ code: 'conflict', flag: '--tensor-parallel-size', value: '0' }]);
  expect(serve('-tp', '0', '-pp', 'x').errors).toMatchObject([{ code: 'value', flag: '--pipeline-parallel-size' }]);
});
