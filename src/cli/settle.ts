// Option beats variable beats default. Only the variables of options that the command takes are read; an empty one is unset.
import type { Problem } from '#core/errors.ts';
import { defaultOptions, optionTable, variableOf } from '#core/options.ts';
import type { OptionName, OptionOrigin, OptionOrigins, Options, OptionSpec } from '#core/options.ts';

import type { Command } from './command.ts';
import { readValue } from './value.ts';
import type { OptionValue } from './value.ts';

/** The texts that were written for an option, in order. */
export type GivenOptions = ReadonlyMap<OptionName, readonly string[]>;

type Env = Readonly<Record<string, string | undefined>>;

export type Settled = {
  readonly options: Options;
  readonly origins: OptionOrigins;
  readonly problems: readonly Problem[];
};

export const optionNames = Object.keys(optionTable) as readonly OptionName[];

/** Returns the options of a command, each with where its value came from, and what is wrong with what was given. */
export function settleOptions(command: Command['kind'], given: GivenOptions, env: Env): Settled {
  const options: Record<string, OptionValue | null> = { ...defaultOptions() };
  const origins: Partial<Record<OptionName, OptionOrigin>> = {};
  const problems: Problem[] = [];
  for (const name of optionNames.filter((each) => takes(command, each))) {
    const { origin, texts, source } = choose(name, given, env);
    origins[name] = origin;
    if (origin === 'default') continue;
    const read = readValue(name, texts, source);
    if ('problem' in read) problems.push(read.problem);
    else options[name] = read.value;
  }
  return { options: options as unknown as Options, origins, problems };
}

/** Tells whether a command takes an option. */
export const takes = (command: string, name: OptionName): boolean =>
  (optionTable[name] as OptionSpec).commands.some((each) => each === command);

/** Returns the variables of the environment that look like ours and are none of the registry's. */
export function ignoredVariables(env: Env): readonly string[] {
  const ours = new Set(optionNames.map(variableOf));
  return Object.keys(env).filter((name) => name.startsWith('VLLM_LAUNCH_') && !ours.has(name));
}

function choose(name: OptionName, given: GivenOptions, env: Env) {
  const texts = given.get(name);
  if (texts !== undefined) return { origin: 'option', texts, source: `--${name}` } as const;
  const variable = variableOf(name);
  const text = env[variable] ?? '';
  if (text === '') return { origin: 'default', texts: [], source: '' } as const;
  return { origin: 'variable', texts: [text], source: variable } as const;
}
