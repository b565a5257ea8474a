// Each row of the registry, gone through by its kind: what it accepts, what it refuses, as an option and as a variable.
import { expect, test } from 'vitest';

import { commandTable } from '#cli/command-table.ts';
import type { OptionName, OptionSpec } from '#core/options.ts';
import { optionTable, variableOf } from '#core/options.ts';

import { commandOfLine, problemsOfLine } from './understand.ts';

const rows = Object.entries(optionTable) as [OptionName, OptionSpec][];

const good: Readonly<Record<OptionSpec['kind'], (spec: OptionSpec) => readonly (readonly [string, unknown])[]>> = {
  text: () => [['007', '007']],
  whole: ({ min = 0, max = 999_999_999 }) => [min, max].map((number) => [String(number), number]),
  flag: () => [
    ['on', true],
    ['No', false],
  ],
  duration: () => [['90s', 90_000]],
  list: ({ choices = ['a', 'b'] }) => [[choices.join(','), [...choices]]],
  choice: ({ choices = [] }) => choices.map((choice) => [choice, choice]),
};

const bad: Readonly<Record<OptionSpec['kind'], (spec: OptionSpec) => readonly string[]>> = {
  text: () => ['a\nb'],
  whole: ({ min = 0, max = 999_999_999 }) => ['1x', String(min - 1), String(max + 1)],
  flag: () => ['perhaps'],
  duration: () => ['90', 's', '9999999h'],
  list: ({ choices }) => (choices === undefined ? ['a,'] : ['a,', 'nothing-of-the-kind']),
  choice: () => ['nothing-of-the-kind'],
};

/** A line of a command that takes the option, with `words` before `--`. */
function lineWith(spec: OptionSpec, words: string): string {
  const name = spec.commands[0] as keyof typeof commandTable;
  const operands = name === 'probe' ? ' ready' : '';
  return `${name}${operands}${words}${commandTable[name].after === 'command' ? ' -- x' : ''}`;
}

const accepted = rows.flatMap(([name, spec]) =>
  good[spec.kind](spec).map(([text, value]) => ({ name, spec, text, value })),
);
const refused = rows.flatMap(([name, spec]) => bad[spec.kind](spec).map((text) => ({ name, spec, text })));

test.each(accepted)('--$name $text is taken', async ({ name, spec, text, value }) => {
  const { options, origins } = await commandOfLine(lineWith(spec, ` --${name}=${text}`));
  expect([options[name], origins[name]]).toEqual([value, 'option']);
});

test.each(accepted)('$name=$text is taken from its variable', async ({ name, spec, text, value }) => {
  const { options, origins } = await commandOfLine(lineWith(spec, ''), { [variableOf(name)]: text });
  expect([options[name], origins[name]]).toEqual([value, 'variable']);
});

test.each(refused)('--$name $text is refused by name', async ({ name, spec, text }) => {
  expect(await problemsOfLine(lineWith(spec, ` --${name}=${text}`))).toEqual([
    expect.stringContaining(`cannot use --${name} `),
  ]);
});

test.each(refused)('$name=$text is refused by the name of its variable', async ({ name, spec, text }) => {
  const problems = await problemsOfLine(lineWith(spec, ''), { [variableOf(name)]: text });
  expect(problems).toEqual([expect.stringContaining(`cannot use ${variableOf(name)}=`)]);
});

test('every default is a value that the option itself accepts', async () => {
  const spoken = rows.filter(([, spec]) => spec.default !== null && spec.kind !== 'duration');
  for (const [name, spec] of spoken) {
    const { options } = await commandOfLine(lineWith(spec, ` --${name}=${String(spec.default)}`));
    expect(options[name]).toEqual(spec.default);
  }
});

test('no letter names two options, and every option is taken by a command that exists', () => {
  const letters = rows.flatMap(([, { short }]) => (short === undefined ? [] : [short]));
  expect(new Set(letters).size).toBe(letters.length);
  for (const [, { commands }] of rows) expect(commands.some((name) => name in commandTable)).toBe(true);
});
