// What a word is to Python's argparse (CPython 3.11 to 3.14, Lib/argparse.py, _parse_optional and _get_option_tuples).
import type { OptionTable, Spelling } from './option-table.ts';

export type WordClass =
  | { readonly kind: 'argument' }
  /** The first `--`: nothing after it is an option. */
  | { readonly kind: 'terminator' }
  | { readonly kind: 'option'; readonly spelling: Spelling; readonly explicit: string | null }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous'; readonly names: readonly string[] }
  /** Python 3.11 and 3.14 do not read it alike. */
  | { readonly kind: 'python'; readonly names: readonly string[] };

/** Returns the class of every word of a command line. */
export function classifyWords(table: OptionTable, texts: readonly string[]): readonly WordClass[] {
  const end = texts.indexOf('--');
  return texts.map((text, at) => {
    if (end !== -1 && at >= end) return at === end ? { kind: 'terminator' } : { kind: 'argument' };
    return classify(table, text);
  });
}

function classify(table: OptionTable, text: string): WordClass {
  if (!text.startsWith('-') || text.length === 1) return { kind: 'argument' };
  const whole = table.names.get(text);
  if (whole !== undefined) return { kind: 'option', spelling: whole, explicit: null };
  const [name, value] = splitValue(text);
  const named = value === null ? undefined : table.names.get(name);
  if (named !== undefined) return { kind: 'option', spelling: named, explicit: value };
  return (
    beginning(table, text) ?? (looksNegative(text) || text.includes(' ') ? { kind: 'argument' } : { kind: 'unknown' })
  );
}

/** Returns a word's part before its first `=`, and the part after it or null. */
export function splitValue(text: string): readonly [string, string | null] {
  const at = text.indexOf('=');
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}

type Match = { readonly name: string; readonly spelling: Spelling; readonly explicit: string | null };

// A word that begins a name, or (one dash) a one-letter option with its value attached.
function beginning(table: OptionTable, text: string): WordClass | null {
  if (text.startsWith('--')) return table.abbreviations ? chosen(longMatches(table, text)) : null;
  const short = shortMatches(table, text);
  const [name, value] = splitValue(text);
  if (value === null) return chosen(short);
  // Python 3.12.7 and later look for names that begin with the part before `=`, earlier ones with the whole word.
  const newer = namesFrom(table, name);
  return newer.length === 0 ? chosen(short) : { kind: 'python', names: newer };
}

function chosen(matches: readonly Match[]): WordClass | null {
  const [only, second] = matches;
  if (only === undefined) return null;
  if (second !== undefined) return { kind: 'ambiguous', names: matches.map(({ name }) => name) };
  return { kind: 'option', spelling: only.spelling, explicit: only.explicit };
}

function longMatches(table: OptionTable, text: string): readonly Match[] {
  const [prefix, explicit] = splitValue(text);
  return matchesOf(table, namesFrom(table, prefix), explicit);
}

function shortMatches(table: OptionTable, text: string): readonly Match[] {
  const letter = text.slice(0, 2);
  return [
    ...matchesOf(table, table.names.has(letter) ? [letter] : [], text.slice(2)),
    ...matchesOf(table, namesFrom(table, text), null),
  ];
}

const namesFrom = (table: OptionTable, prefix: string): readonly string[] =>
  [...table.names.keys()].filter((name) => name.startsWith(prefix));

const matchesOf = (table: OptionTable, names: readonly string[], explicit: string | null): readonly Match[] =>
  names.flatMap((name) => {
    const spelling = table.names.get(name);
    return spelling === undefined ? [] : [{ name, spelling, explicit }];
  });

// A word like -1 or -.5 is a value, since no option looks like a number.
const looksNegative = (text: string): boolean => /^-(\p{Nd}+|\p{Nd}*\.\p{Nd}+)\n?$/u.test(text);
