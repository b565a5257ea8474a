// From words and options to a command, or to everything that is wrong with them. Knows nothing of how options are taken apart.
import { problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { optionTable } from '#core/options.ts';
import type { OptionName, OptionSpec } from '#core/options.ts';
import { quote } from '#core/quote.ts';
import { quoteWords } from '#core/report/shell-words.ts';

import { commandNamed, unknownCommand } from './answers.ts';
import { commandTable, laterCommands } from './command-table.ts';
import type { Command, Parsed } from './command.ts';
import { readOperands } from './operands.ts';
import { ignoredVariables, optionNames, settleOptions, takes } from './settle.ts';
import type { GivenOptions } from './settle.ts';
import { nearest } from './spelling.ts';

export type Tokens = {
  /** What is none of our options: the command, its operands, and what we do not know, in order. */
  readonly words: readonly string[];
  readonly given: GivenOptions;
  readonly after: readonly string[] | null;
};

type Env = Readonly<Record<string, string | undefined>>;

/** Returns the command that was meant, its options settled against the environment, or every problem of the words. */
export function readTokens(tokens: Tokens, env: Env): Parsed {
  const sorted = sortWords(tokens.words);
  const first = sorted.words[0];
  const name =
    first === undefined ? sorted.values.map(commandNamed).find((each) => each !== null) : commandNamed(first);
  if (first !== undefined && name === null) return usage([unknownFirst(first, tokens)]);
  if (name === undefined || name === null) return usage([noCommand(tokens)]);
  return readCommand(name, { ...sorted, words: sorted.words.slice(1) }, tokens, env);
}

type Sorted = {
  readonly words: readonly string[];
  readonly unknown: readonly string[];
  /** Words that follow an unknown option and are probably its value. */
  readonly values: readonly string[];
};

function readCommand(name: Command['kind'], sorted: Sorted, tokens: Tokens, env: Env): Parsed {
  const spec = commandTable[name];
  const { after, given } = tokens;
  const operands = sorted.words.slice(0, spec.operands.length);
  const later = `${name} ${operands[0]}`;
  if (laterCommands.includes(later)) return usage([unknownCommand(later)]);
  const strays = sorted.words.slice(spec.operands.length);
  if (spec.after === 'command' && after === null && strays.length > 0) return usage([noDashes(name, strays, tokens)]);
  const settled = settleOptions(name, given, env);
  const parts = readOperands(name, operands);
  const problems = [
    ...sorted.unknown.map((word) => unknownOption(word, name)),
    ...strays.map((word) => stray(word, name)),
    ...[...given.keys()].filter((option) => !takes(name, option)).map((option) => notTaken(option, name)),
    ...settled.problems,
    ...('problem' in parts ? [parts.problem] : []),
    ...argvProblems(name, after),
  ];
  if (problems.length > 0 || 'problem' in parts) return usage(problems);
  const common = { options: settled.options, origins: settled.origins, argv: after ?? [] };
  return { kind: 'command', command: parts.make({ ...common, ignoredVariables: ignoredVariables(env) }) };
}

const usage = (problems: readonly Problem[]): Parsed => ({ kind: 'usage', problems });

function sortWords(all: readonly string[]): Sorted {
  const words: string[] = [];
  const unknown: string[] = [];
  const values: string[] = [];
  for (const [index, word] of all.entries()) {
    const before = all[index - 1] ?? '';
    if (isOption(word)) unknown.push(word);
    else if (isOption(before) && !before.includes('=')) values.push(word);
    else words.push(word);
  }
  return { words, unknown, values };
}

const isOption = (word: string): boolean => word.startsWith('-') && word !== '-';

function noCommand({ after }: Tokens): Problem {
  const example = after === null || after.length === 0 ? 'vllm-launch help' : `vllm-launch run -- ${quoteWords(after)}`;
  return problem('usage', 'cannot tell what to do: there is no command before --', `write: ${example}`);
}

function unknownFirst(word: string, { words, after }: Tokens): Problem {
  const plain = unknownCommand(word);
  if (after !== null || !plain.hint.startsWith('the commands')) return plain;
  return problem(plain.name, plain.message, `${plain.hint}; to start it: vllm-launch run -- ${quoteWords(words)}`);
}

function noDashes(name: string, strays: readonly string[], { words, given }: Tokens): Problem {
  const command = words.slice(words.indexOf(strays[0] ?? ''));
  const options = given.size === 0 ? '' : '[options] ';
  return problem(
    'usage',
    `cannot read ${quote(strays[0] ?? '')}: the command to start goes after --`,
    `write: vllm-launch ${name} ${options}-- ${quoteWords(command)}`,
  );
}

function unknownOption(word: string, name: Command['kind']): Problem {
  const plain = word.replace(/=[\s\S]*$/, '');
  const visible = optionNames.filter((option) => (optionTable[option] as OptionSpec).hidden !== true);
  const mine = visible.filter((option) => takes(name, option));
  const meant = [mine, visible].map((some) => nearest(plain.replace(/^-+/, ''), some)).find((some) => some.length > 0);
  const behind = commandTable[name].after === 'command' ? '; a flag of the command itself goes after --' : '';
  const hint =
    meant === undefined
      ? `see vllm-launch help ${name}${behind}`
      : `did you mean ${meant.map((each) => `--${each}`).join(' or ')}?`;
  return problem('usage', `cannot understand ${quote(plain)}: there is no such option`, hint);
}

const stray = (word: string, name: Command['kind']): Problem =>
  problem(
    'usage',
    `cannot understand ${quote(word)}: it is neither an option of ${name} nor a word that it takes`,
    commandTable[name].after === 'command' ? 'put the command to start after --' : `see vllm-launch help ${name}`,
  );

function notTaken(option: OptionName, name: Command['kind']): Problem {
  const takers = (optionTable[option] as OptionSpec).commands.filter((each) => commandNamed(each) !== null);
  return problem(
    'usage',
    `cannot give --${option} to ${name}: only ${takers.join(', ')} ${takers.length === 1 ? 'takes' : 'take'} it`,
    `leave it out, or see vllm-launch help ${name}`,
  );
}

function argvProblems(name: Command['kind'], after: readonly string[] | null): Problem[] {
  const spec = commandTable[name];
  if (spec.after === 'nothing') {
    if (after === null) return [];
    return [
      problem('usage', `cannot give words after -- to ${name}: it starts no command`, `leave out -- and what follows`),
    ];
  }
  if (after !== null && after.length > 0) return [];
  const where = after === null ? 'there is no -- and no command' : 'there is nothing after --';
  return [problem('usage', `cannot ${name}: ${where}`, `write, for example: ${spec.examples[0]?.[0] ?? ''}`)];
}
