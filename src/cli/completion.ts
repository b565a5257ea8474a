// What a shell may complete, taken from the registry, and the two scripts that do it.
import { optionTable } from '#core/options.ts';
import type { OptionName, OptionSpec } from '#core/options.ts';

import { commandNames, commandTable, operandWords } from './command-table.ts';
import type { Command, Shell } from './command.ts';
import { bashScript } from './completion-bash.ts';
import { zshScript } from './completion-zsh.ts';
import { optionNames, takes } from './settle.ts';

export type CompletionWord = { readonly word: string; readonly about: string };

export type Vocabulary = {
  readonly commands: readonly CompletionWord[];
  /** By command: its options, and the words of its operands. */
  readonly options: Readonly<Record<string, readonly CompletionWord[]>>;
  readonly operands: Readonly<Record<string, readonly string[]>>;
  /** By option as it is written: the values that it allows. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** Options as they are written: with a file as value, and with one that nobody can complete. */
  readonly files: readonly string[];
  readonly free: readonly string[];
};

/** Returns the completion script of a shell. */
export const renderCompletion = (shell: Shell): string =>
  shell === 'bash' ? bashScript(vocabulary()) : zshScript(vocabulary());

function vocabulary(): Vocabulary {
  const visible = optionNames.filter((name) => specOf(name).hidden !== true);
  const choices = visible.filter((name) => specOf(name).choices !== undefined);
  const valued = visible.filter((name) => specOf(name).kind !== 'flag' && specOf(name).choices === undefined);
  const isFile = (name: OptionName) => ['FILE', 'DIR'].includes(specOf(name).placeholder ?? '');
  return {
    commands: [...commandNames.map((name) => ({ word: name, about: commandTable[name].summary })), help],
    options: byCommand((name) => visible.filter((option) => takes(name, option)).map(optionWord)),
    operands: { ...byCommand((name) => commandTable[name].operands.flatMap(operandWords)), help: commandNames },
    values: Object.fromEntries(choices.map((name) => [`--${name}`, specOf(name).choices ?? []])),
    files: valued.filter(isFile).map(written),
    free: valued.filter((name) => !isFile(name)).flatMap(allWritten),
  };
}

const help = { word: 'help', about: 'print the help of a command' };

const specOf = (name: OptionName): OptionSpec => optionTable[name];
const written = (name: OptionName): string => `--${name}`;

const allWritten = (name: OptionName): string[] => {
  const { short } = specOf(name);
  return short === undefined ? [written(name)] : [`-${short}`, written(name)];
};

const optionWord = (name: OptionName): CompletionWord => ({ word: written(name), about: specOf(name).describe });

const byCommand = <T>(of: (name: Command['kind']) => T): Record<string, T> =>
  Object.fromEntries(commandNames.map((name) => [name, of(name)]));
