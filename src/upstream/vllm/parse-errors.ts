// What the parsers refuse about the options that we read, in sentences. Other options are the engine's own affair.
import { fields } from './fields.ts';
import { serveTable } from './option-table.ts';
import type { Refusal } from './parse-known.ts';
import { splitValue } from './classify.ts';
import { refusal, type WordError } from './words.ts';

const ours: ReadonlySet<string> = new Set(Object.values(fields).map(([flag]) => flag));

/** Returns the refusals that are about an option we read. */
export function refused(refusals: readonly Refusal[]): readonly WordError[] {
  return refusals.flatMap(({ code, options, written }) => {
    const flag = options.find((option) => ours.has(option));
    if (flag === undefined) return [];
    return [refusal(code, flag, splitValue(written)[1], `cannot use ${written}: ${reasons[code](options)}`)];
  });
}

const reasons: Readonly<Record<Refusal['code'], (options: readonly string[]) => string>> = {
  missing: () => 'no value follows; write one',
  extra: () => 'this option takes no value; leave it out',
  ambiguous: (options) => `it may mean ${options.join(', ')}; write the whole name`,
  python: () => 'Python versions read it differently; write the whole name, and its value as the next word',
};

/** Returns an error for each word like -tp4, which looks like an option with its value and is none to vLLM. */
export function glued(unknown: readonly string[]): readonly WordError[] {
  const { names } = serveTable();
  return unknown.flatMap((text) => {
    const [, alias = '', value = ''] = /^(-[a-z]+)(\d+)$/.exec(text) ?? [];
    const flag = names.get(alias)?.option;
    if (flag === undefined || !ours.has(flag)) return [];
    const message = `cannot use ${text}: vLLM does not part ${value} from ${alias}; write ${alias} ${value}`;
    return [refusal('glued', flag, value, message)];
  });
}
