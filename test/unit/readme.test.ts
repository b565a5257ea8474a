// README's tables are the tables of the code, row by row and both ways. scripts/readme.js writes them; this does not use it.
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { exitCodes } from '#core/errors.ts';
import { aboutSources, isAsked, sources } from '#core/identity/sources/table.ts';
import { optionTable, renderDuration } from '#core/options.ts';
import type { OptionSpec } from '#core/options.ts';
import { deadlineNames } from '#core/plan/schema.ts';

const readme = readFileSync('README.md', 'utf8');

/** The cells of the rows between the marks of a block, without heads and rules. */
function rowsOf(name: string): string[][] {
  const [, block] = new RegExp(`<!-- ${name}:start -->\n([\\s\\S]*?)<!-- ${name}:end -->`).exec(readme) ?? [];
  const lines = (block ?? '').split('\n').filter((line) => line.startsWith('|'));
  const cells = lines.map((line) =>
    line
      .slice(2, -2)
      .split(/ \| /)
      .map((cell) => cell.replaceAll(String.raw`\|`, '|').trim()),
  );
  return cells.filter((row, index) => !/^-+/.test(row[0] ?? '') && !/^\|( ---)/.test(lines[index + 1] ?? ''));
}

const text = (value: OptionSpec['default'], kind: string): string => {
  if (value === null || value === false) return '';
  return kind === 'duration' ? renderDuration(Number(value)) : String(value);
};

const visible = Object.entries(optionTable as Readonly<Record<string, OptionSpec>>).filter(
  ([, { hidden }]) => hidden !== true,
);

test('the options are those of the registry, with what they say, their default and their commands', () => {
  const rows = rowsOf('options').map(([option = '', ...rest]) => [/--([a-z-]+)/.exec(option)?.[1], ...rest]);
  const expected = visible.map(([name, { describe, default: standard, defaultText, kind, commands }]) => [
    name,
    describe,
    defaultText ?? text(standard, kind),
    commands.join(' '),
  ]);
  const sorted = (table: readonly unknown[]): string[] => table.map((row) => JSON.stringify(row)).toSorted();
  expect(sorted(rows)).toEqual(sorted(expected));
});

test('every option shows how its value is written', () => {
  for (const [option = ''] of rowsOf('options')) {
    const [, name = '', value] = /^`(?:-\w, )?--([a-z-]+)(?: (\S+))?`$/.exec(option) ?? [];
    const { kind, choices, placeholder } = optionTable[name as keyof typeof optionTable] as OptionSpec;
    expect([name, value]).toEqual([
      name,
      kind === 'flag' ? undefined : (placeholder ?? choices?.join('|') ?? kind.toUpperCase()),
    ]);
  }
});

test('the host systems are those of the table, in its order, with whether they decide', () => {
  const expected = sources.map(({ name }) => [
    name,
    isAsked(name) ? `with \`--trust-source ${name}\`` : 'yes',
    aboutSources[name]?.gives,
    aboutSources[name]?.reads,
  ]);
  expect(Object.keys(aboutSources)).toEqual(sources.map(({ name }) => name));
  expect(rowsOf('sources').map((row) => row.slice(0, 4))).toEqual(expected);
  const engines = rowsOf('sources').filter((row) => row[4] === 'real launches');
  expect(engines.map(([name]) => name)).toEqual(['options', 'local', 'lws']);
});

test('the exit codes are those of the table', () => {
  const expected = Object.entries(exitCodes).map(([name, { code, meaning, retry }]) => [
    String(code),
    name,
    meaning,
    retry,
  ]);
  expect(rowsOf('exit-codes')).toEqual(expected);
});

test('the deadlines are those of the plan', () => {
  const expected = deadlineNames.map((name) => {
    const option = name === 'grace' ? name : (`${name}-timeout` as const);
    const { default: standard, defaultText, describe } = optionTable[option] as OptionSpec;
    return [name, `\`--${option}\``, defaultText ?? text(standard, 'duration'), describe];
  });
  expect(rowsOf('deadlines')).toEqual(expected);
});
