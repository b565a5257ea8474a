// The options of vLLM 0.31's and Dynamo 1.6.1's parsers, looked up by any of their names.
import { dynamoOptions, engineOptions, frontendOptions, routerOptions } from './options-0.31.ts';

/** How many words an option eats: `list` one or more, `any` none or more, `optional` none or one; a `toggle` has a `--no-` form. */
export type Eats = 'value' | 'list' | 'any' | 'optional' | 'flag' | 'toggle';

/** One name of an option: `option` is its first long name, `on` is false for a `--no-` form. */
export type Spelling = { readonly option: string; readonly eats: Eats; readonly on: boolean };

export type OptionTable = {
  readonly names: ReadonlyMap<string, Spelling>;
  /** Whether a unique beginning of a long name stands for it. */
  readonly abbreviations: boolean;
  /** Whether the parser takes one word that belongs to no option (the model). */
  readonly positional: boolean;
};

type Recorded = Partial<Readonly<Record<Eats, string>>>;

/** Returns the table of `vllm serve` and of `python -m vllm.entrypoints.openai.api_server`. */
export const serveTable = (): OptionTable => tableOf([engineOptions, frontendOptions], true, true);

/** Returns the table of the engine's parser inside `python -m dynamo.vllm`. */
export const engineTable = (): OptionTable => tableOf([engineOptions], true, false);

/** Returns the table of Dynamo's own parser, the first to see the words. */
export const dynamoTable = (): OptionTable => tableOf([dynamoOptions], false, false);

/** Returns the table of Dynamo's router parser, the second to see the words. */
export const routerTable = (): OptionTable => tableOf([routerOptions], true, false);

function tableOf(recorded: readonly Recorded[], abbreviations: boolean, positional: boolean): OptionTable {
  const names = new Map<string, Spelling>();
  for (const kinds of recorded)
    for (const [eats, options] of Object.entries(kinds))
      for (const group of options.split(' '))
        for (const [name, spelling] of spellings(group, eats as Eats)) names.set(name, spelling);
  return { names, abbreviations, positional };
}

function* spellings(group: string, eats: Eats): Generator<[string, Spelling]> {
  if (group === '') return;
  const names = group.split('|');
  const option = names[0] ?? group;
  for (const name of names) {
    yield [name, { option, eats, on: true }];
    if (eats === 'toggle' && name.startsWith('--')) yield [`--no-${name.slice(2)}`, { option, eats, on: false }];
  }
}
