// One text to one value, by the registry. Options and variables come through here alike; `source` is how the message names them.
import { problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { optionTable, parseDuration } from '#core/options.ts';
import type { OptionKind, OptionName, OptionSpec } from '#core/options.ts';
import { quote } from '#core/quote.ts';

import { nearest } from './spelling.ts';

export type OptionValue = string | number | boolean | readonly string[];
export type Read = { readonly value: OptionValue } | { readonly problem: Problem };

/** Returns the value of an option whose texts were given in this order: the last one counts, lists are joined. */
export function readValue(name: OptionName, texts: readonly string[], source: string): Read {
  const spec: OptionSpec = optionTable[name];
  const text = texts.at(-1) ?? '';
  const empty = spec.kind === 'list' ? texts.some((each) => each === '') : text === '';
  if (empty) return refuse(source, 'no value is given', `write ${assign(source, placeholderOf(spec))}`);
  if (texts.some((each) => hidden.test(each))) {
    return refuse(written(source, text), 'the value has control characters', 'write it without them');
  }
  return readers[spec.kind](spec, texts, source);
}

/** Returns how a value of an option is written. */
export const placeholderOf = (spec: OptionSpec): string =>
  spec.kind === 'choice' ? (spec.choices ?? []).join('|') : (spec.placeholder ?? spec.kind.toUpperCase());

// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const hidden = /[\u0000-\u001f\u007f]/;

/** The longest that a timer of Node can wait. */
const longestMs = 2_147_483_647;

const yes = ['1', 'true', 'yes', 'on'];
const no = ['0', 'false', 'no', 'off'];

type Reader = (spec: OptionSpec, texts: readonly string[], source: string) => Read;

const readers: Readonly<Record<OptionKind, Reader>> = {
  text: (_spec, texts) => ({ value: last(texts) }),
  whole: readWhole,
  flag: readFlag,
  duration: readDuration,
  list: readList,
  choice: readChoice,
};

const last = (texts: readonly string[]): string => texts.at(-1) ?? '';

const refuse = (what: string, why: string, hint: string): Read => ({
  problem: problem('usage', `cannot use ${what}: ${why}`, hint),
});

const refuseValue = (source: string, text: string, why: string, hint: string): Read =>
  refuse(written(source, text), why, hint);

const written = (source: string, text: string): string => assign(source, quote(text));

const assign = (source: string, text: string): string => `${source}${source.startsWith('-') ? ' ' : '='}${text}`;

function readWhole(spec: OptionSpec, texts: readonly string[], source: string): Read {
  const { min = 0, max = 999_999_999 } = spec;
  const text = last(texts);
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return { value: number };
  return refuseValue(
    source,
    text,
    `it is no whole number from ${min} to ${max}`,
    `write digits only, as in ${assign(source, String(Math.max(min, 2)))}`,
  );
}

function readFlag(_spec: OptionSpec, texts: readonly string[], source: string): Read {
  const text = last(texts);
  const word = text.toLowerCase();
  if (yes.includes(word)) return { value: true };
  if (no.includes(word)) return { value: false };
  return refuseValue(source, text, 'it is neither true nor false', `write ${yes.join(', ')} or ${no.join(', ')}`);
}

function readDuration(_spec: OptionSpec, texts: readonly string[], source: string): Read {
  const text = last(texts);
  const ms = parseDuration(text);
  if (ms === null)
    return refuseValue(source, text, 'it is no duration', 'write a number and its unit: 250ms, 5s, 10m, 2h');
  if (ms > longestMs) return refuseValue(source, text, 'it is longer than 596h', 'write a shorter one');
  return { value: ms };
}

function readList(spec: OptionSpec, texts: readonly string[], source: string): Read {
  const members = texts.flatMap((text) => text.split(',')).map((member) => member.trim());
  const hint = `write ${assign(source, placeholderOf(spec))}`;
  if (members.includes('')) return refuseValue(source, texts.join(','), 'it has an empty member', hint);
  const { choices } = spec;
  const stray = choices === undefined ? undefined : members.find((member) => !choices.includes(member));
  return stray === undefined ? { value: members } : refuseValue(source, stray, strange, hintFor(stray, choices ?? []));
}

const strange = 'it is none of the allowed values';

/** The likely spelling, else every value. */
function hintFor(word: string, choices: readonly string[]): string {
  const [meant] = nearest(word, choices);
  return meant === undefined ? `write one of ${choices.join(', ')}` : `did you mean ${meant}?`;
}

function readChoice(spec: OptionSpec, texts: readonly string[], source: string): Read {
  const text = last(texts);
  const { choices = [] } = spec;
  if (choices.includes(text)) return { value: text };
  return refuseValue(source, text, strange, `write ${choices.join(' or ')}`);
}
