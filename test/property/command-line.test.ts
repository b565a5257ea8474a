// Whatever the words are, they are understood, answered or refused; nothing throws, and nothing ends this process.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { commandNames, laterCommands } from '#cli/command-table.ts';
import { parseWords } from '#cli/parse.ts';
import { quickWords } from '#cli/quick.ts';
import { optionTable, variableOf } from '#core/options.ts';
import type { OptionName } from '#core/options.ts';

const names = Object.keys(optionTable) as OptionName[];
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.nat().map(String),
  fc.constantFrom('', '-', '-1', 'true', '5s', 'mp', 'a,b', '"x"', '__proto__'),
);
const option = fc.oneof(
  fc.constantFrom(...names).map((name) => `--${name}`),
  fc.constantFrom('-n', '-w', '-wn', '-', '---', '--=', '--no-json', '--__proto__'),
);
const word = fc.oneof(
  fc.constantFrom<string>(...commandNames, ...laterCommands, 'help', '--help', '-h', '--version', '--'),
  option,
  fc.tuple(option, value).map(([left, right]) => `${left}=${right}`),
  value,
);
const env = fc.dictionary(fc.oneof(fc.constantFrom(...names).map(variableOf), fc.string()), value);

test('no words and no variables make it throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), env, async (words, variables) => {
      const parsed = await parseWords(words, variables);
      if (parsed.kind === 'usage') {
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { message } of parsed.problems) expect(message).toMatch(/^cannot /);
      }
      expect(quickWords(words, variables) ?? parsed).toEqual(parsed);
    }),
    { numRuns: 2_000 },
  );
});

test('what stands after -- is never changed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value), async (after) => {
      const parsed = await parseWords(['run', '--nnodes', '2', '--', 'cmd', ...after], {});
      expect(parsed).toMatchObject({ kind: 'command', command: { argv: ['cmd', ...after] } });
    }),
    { numRuns: 500 },
  );
});

test('any printable text is the value of a text option as it was written', async () => {
  const isControl = (each: string): boolean => each < ' ' || each === '\u007f';
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !each.split('').some(isControl));
  await fc.assert(
    fc.asyncProperty(text, async (group) => {
      const parsed = await parseWords(['run', `--group=${group}`, '--', 'x'], {});
      expect(parsed).toMatchObject({ kind: 'command', command: { options: { group } } });
    }),
    { numRuns: 500 },
  );
});

test('an option and its variable read the same texts in the same way', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      value.filter((each) => each !== ''),
      async (name, text) => {
        const command = optionTable[name].commands[0];
        const words = [command, ...(command === 'status' ? [] : ['--', 'x'])];
        const byOption = await parseWords([command, `--${name}=${text}`, ...words.slice(1)], {});
        const byVariable = await parseWords(words, { [variableOf(name)]: text });
        expect(byOption.kind).toBe(byVariable.kind);
        if (byOption.kind !== 'command' || byVariable.kind !== 'command') return;
        expect(byOption.command.options).toEqual(byVariable.command.options);
      },
    ),
    { numRuns: 1_000 },
  );
});
