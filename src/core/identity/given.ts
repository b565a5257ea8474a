// Reading single values out of records that others filled: own properties only, and empty means absent.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

/** Returns a value, or null where it is absent or empty (fieldRef of a missing annotation gives an empty variable). */
export function given(record: Readonly<Record<string, string>>, key: string): string | null {
  const value = Object.hasOwn(record, key) ? record[key] : undefined;
  return value === undefined || value === '' ? null : value;
}

/** Returns the value of each key, by the name that it has here. */
export const readAll = <Name extends string>(
  record: Readonly<Record<string, string>>,
  keys: Readonly<Record<Name, string>>,
): Readonly<Record<Name, string | null>> =>
  Object.fromEntries(Object.entries<string>(keys).map(([name, key]) => [name, given(record, key)])) as Record<
    Name,
    string | null
  >;

/** A number as some source gave it: null where it gave none, with the problem where it gave something else. */
export type Whole = { readonly value: number | null; readonly problems: readonly Problem[] };

/** Returns a whole number of at least `least` out of a text; `from` says in messages where the text stood. */
export function readWhole(text: string | null, word: string, from: string, least: number): Whole {
  if (text === null) return { value: null, problems: [] };
  if (!/^-?\d{1,15}$/.test(text)) return refused(word, from, text, 'it is not a whole number');
  return checkWhole(Number(text), word, from, least);
}

/** The same for a number that was parsed already. */
export function checkWhole(value: number | null, word: string, from: string, least: number): Whole {
  if (value === null) return { value, problems: [] };
  if (!Number.isSafeInteger(value)) return refused(word, from, String(value), 'it is not a whole number');
  return value < least ? refused(word, from, String(value), `it is less than ${least}`) : { value, problems: [] };
}

const refused = (word: string, from: string, shown: string, why: string): Whole => ({
  value: null,
  problems: [problem('config', `cannot use ${word} ${quote(shown)} of ${from}: ${why}`, `correct ${from}`)],
});

/** Returns a count that only serves to compare, or null where the text is none. */
export const countOf = (text: string | null): number | null =>
  text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
