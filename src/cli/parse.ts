// The only file that knows yargs; loaded when there are options. yargs takes options apart, the registry says what they mean:
// every option is a text to yargs, so that nothing is converted, negated, expanded or guessed on the way. yargs' own strict mode
// stays off: it takes the command for an unknown word. A word that is no option of ours comes back as written, and is refused there.
import yargs from 'yargs';

import { problem } from '#core/errors.ts';
import { optionTable } from '#core/options.ts';
import type { OptionName, OptionSpec } from '#core/options.ts';

import { answerWords } from './answers.ts';
import type { Parsed } from './command.ts';
import { readTokens } from './read.ts';
import { optionNames } from './settle.ts';
import type { GivenOptions } from './settle.ts';
import { splitWords } from './words.ts';

const parserConfiguration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'duplicate-arguments-array': true,
  'greedy-arrays': false,
  'strip-aliased': true,
  'unknown-options-as-args': true,
};

/** Returns what the words mean: a command with its options, a text to print, or what is wrong. Never throws, never exits. */
export async function parseWords(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Parsed> {
  const { before, after } = splitWords(words);
  const answer = answerWords({ before, after });
  if (answer !== null) return answer;
  const failures: string[] = [];
  const argv = await parser((message) => failures.push(message)).parseAsync(before.map(settle));
  if (failures.length > 0) {
    const problems = failures.map((message) =>
      problem('usage', `cannot read the options: ${message}`, 'see vllm-launch help'),
    );
    return { kind: 'usage', problems };
  }
  return readTokens({ words: [...argv._.map(String), ...unasked(argv)], given: givenIn(argv), after }, env);
}

/** The parser stands in `/`, so that it looks for no package.json where the user is. */
const parser = (fail: (message: string) => void) =>
  yargs([], '/')
    .options(Object.fromEntries(optionNames.map((name) => [name, { string: true, ...alias(name) }])))
    .parserConfiguration(parserConfiguration)
    .detectLocale(false)
    .help(false)
    .version(false)
    .exitProcess(false)
    .fail((message, error) => fail(error?.message ?? message));

function alias(name: OptionName): { readonly alias?: string } {
  const { short }: OptionSpec = optionTable[name];
  return short === undefined ? {} : { alias: short };
}

/** A flag alone becomes `--flag=true`; a value after `=` gets the pair of quotes that yargs takes off. */
function settle(word: string): string {
  const flag = flagNamed(word);
  if (flag !== null) return `--${flag}=true`;
  const equals = word.indexOf('=');
  const known = equals > 0 && optionNames.some((name) => word.slice(0, equals) === `--${name}`);
  return known ? `${word.slice(0, equals)}="${word.slice(equals + 1)}"` : word;
}

const flagNamed = (word: string): OptionName | null =>
  optionNames.find((name) => {
    const { kind, short }: OptionSpec = optionTable[name];
    return kind === 'flag' && (word === `--${name}` || (short !== undefined && word === `-${short}`));
  }) ?? null;

function givenIn(argv: Readonly<Record<string, unknown>>): GivenOptions {
  const given = new Map<OptionName, readonly string[]>();
  for (const name of optionNames) {
    const value = argv[name];
    if (value !== undefined) given.set(name, [value].flat().map(String));
  }
  return given;
}

/** What yargs took for an option though we named none such: `--no-json`, `--nnodes-`. */
const unasked = (argv: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(argv)
    .filter((key) => key !== '_' && key !== '$0' && !optionNames.some((name) => name === key))
    .map((key) => `--${key}`);
