import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readCommand } from '#upstream/vllm/command.ts';
import { classifyLine } from '#upstream/vllm/log-lines.ts';
import { pythonInt } from '#upstream/vllm/python-int.ts';
import { readWords } from '#upstream/vllm/read-words.ts';
import { isEngineTitle } from '#upstream/vllm/titles.ts';

import { engineLine } from './arbitrary/engine-line.ts';

const program = fc.constantFrom('vllm-serve' as const, 'openai-api-server' as const, 'dynamo-vllm' as const);
const oddWord = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^--?[a-z_.=+-]{0,8}$/),
  fc.constantFrom('--config', 'c.yaml', '--model', 'serve', '--', '-', '', '--a.b', '-tp', '-O', '--help'),
);
const odd = fc.array(oddWord, { maxLength: 12 });
const config = fc.option(
  fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.jsonValue(), fc.bigInt()), { maxKeys: 3 }),
  { nil: undefined },
);

test('no words and no configuration make the reader throw, and each error has a flag and says what to do', () => {
  fc.assert(
    fc.property(odd, program, config, (words, which, document) => {
      const read = readWords(words, { program: which, config: document as never });
      for (const { flag, message } of read.errors) {
        expect(flag).toMatch(/^-/);
        expect(message).toMatch(/^cannot [^]*: [^]*; /);
      }
    }),
    { numRuns: 3000 },
  );
});

test('reading changes nothing and says the same again', () => {
  fc.assert(
    fc.property(engineLine, ({ program: which, words, config: document }) => {
      const frozen = Object.freeze([...words]);
      const once = readWords(frozen, { program: which, config: document });
      expect(readWords(frozen, { program: which, config: document })).toEqual(once);
      expect(frozen).toEqual(words);
    }),
    { numRuns: 500 },
  );
});

test('the last size wins, whatever stood before it, unless a word ends the options or waits for a value', () => {
  fc.assert(
    fc.property(engineLine, fc.integer({ min: 1, max: 64 }), ({ program: which, words }, size) => {
      fc.pre(!words.includes('--') && !words.includes('--config'));
      const read = readWords([...words, '--enforce-eager', '--tensor-parallel-size', String(size)], { program: which });
      expect(read.sizes.tp).toEqual({ value: size, word: `--tensor-parallel-size ${size}` });
    }),
    { numRuns: 1000 },
  );
});

test('thousands of words are read in a moment', () => {
  const words = Array.from(
    { length: 20_000 },
    (_, at) => ['-tp', String(at + 1), '--x', 'y', '--a.b', '1'][at % 6] ?? '',
  );
  expect(readWords(['m', ...words], { program: 'vllm-serve' }).unknown.length).toBeGreaterThan(3000);
});

test('what a command starts has its own words inside of it', () => {
  const words = fc.array(
    fc.oneof(
      oddWord,
      fc.constantFrom('python3', '-m', 'dynamo.vllm', 'vllm', 'serve', '-X', 'sh', '-c', 'ray', 'start'),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(words, (command) => {
      const { profile, program: which, engineWords } = readCommand(command);
      expect(engineWords).toBeLessThanOrEqual(command.length);
      const none = which === 'shell' || which === 'ray-start' || which === 'other';
      expect(profile === 'command').toBe(none);
      expect(readCommand([...command, 'more'].slice(0, command.length))).toEqual({
        profile,
        program: which,
        engineWords,
      });
    }),
    { numRuns: 2000 },
  );
});

test('lines and titles of any kind are answered', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(['collateral', 'cause', undefined]).toContain(classifyLine(text)?.kind);
      expect(isEngineTitle(text)).toBe(isEngineTitle(text.split('\0')[0] ?? ''));
    }),
  );
});

test('whole numbers come back as they were written, in any of Unicode’s digits', () => {
  const zeros = fc.constantFrom(0x30, 0x660, 0x966, 0xff10, 0x1d7ce, 0x1d7f6);
  fc.assert(
    fc.property(fc.bigInt(), zeros, (number, zero) => {
      const text = String(number).replaceAll(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
      expect(pythonInt(text)).toBe(number);
    }),
  );
});
