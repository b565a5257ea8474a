// Python's argparse (parse_known_args) over one table of options: which words each option takes, and which words are left.
// It goes on where argparse stops, and keeps every refusal.
import { classifyWords, type WordClass } from './classify.ts';
import type { Eats, OptionTable, Spelling } from './option-table.ts';
import { type ErrorCode, type Word, writtenOf } from './words.ts';

/** An option as it was given: `on` is false for a `--no-` form, `written` is what the user typed. */
export type Taken = {
  readonly option: string;
  readonly on: boolean;
  readonly values: readonly string[];
  readonly written: string;
};

/** What argparse refuses about one word; `options` are those that it is about. */
export type Refusal = {
  readonly code: Extract<ErrorCode, 'missing' | 'extra' | 'ambiguous' | 'python'>;
  readonly options: readonly string[];
  readonly written: string;
};

export type Parsed = {
  readonly taken: readonly Taken[];
  /** The word that belongs to no option, where the table takes one. */
  readonly positional: Word | null;
  /** Words the parser does not know, in order. */
  readonly rest: readonly Word[];
  readonly refusals: readonly Refusal[];
};

/** Returns how a parser with these options reads the words (CPython, Lib/argparse.py, _parse_known_args). */
export function parseKnown(table: OptionTable, words: readonly Word[]): Parsed {
  const texts = words.map(({ text }) => text);
  const found: Found = { taken: [], positional: null, asked: !table.positional, rest: [], refusals: [] };
  const line: Line = { table, words, classes: classifyWords(table, texts), found };
  for (let at = 0; at < words.length;) at = step(line, at);
  return { taken: found.taken, positional: found.positional, rest: found.rest, refusals: found.refusals };
}

type Line = {
  readonly table: OptionTable;
  readonly words: readonly Word[];
  readonly classes: readonly WordClass[];
  readonly found: Found;
};

type Found = {
  readonly taken: Taken[];
  positional: Word | null;
  /** Whether the positional has had its turn; it has one, even where only `--` was there for it. */
  asked: boolean;
  readonly rest: Word[];
  readonly refusals: Refusal[];
};

/** Deals with the word at a place and what belongs to it; returns the place after. */
function step(line: Line, at: number): number {
  const kind = line.classes[at];
  const written = writtenOf(line.words.slice(at, at + 1));
  switch (kind?.kind) {
    case 'option':
      return takeOption(line, at, kind.spelling, kind.explicit);
    case 'ambiguous':
    case 'python': {
      const options = kind.names.map((name) => line.table.names.get(name)?.option ?? name);
      line.found.refusals.push({ code: kind.kind, options, written });
      // Python 3.11 does not know such a word.
      if (kind.kind === 'python') line.found.rest.push(...line.words.slice(at, at + 1));
      return at + 1;
    }
    case 'unknown':
      line.found.rest.push(...line.words.slice(at, at + 1));
      return at + 1;
    default:
      return takeArguments(line, at);
  }
}

// Words up to the next option: the positional takes one, with the `--` beside it; the others are left.
function takeArguments({ words, classes, found }: Line, at: number): number {
  let end = at;
  while (isArgument(classes[end]) || classes[end]?.kind === 'terminator') end++;
  const claimed = found.asked ? 0 : claimedBy(classes.slice(at, end));
  const mine = words.slice(at, at + claimed).filter((_, place) => isArgument(classes[at + place]));
  if (!found.asked) found.positional = mine[0] ?? null;
  found.asked = true;
  found.rest.push(...words.slice(at + claimed, end));
  return end;
}

const isArgument = (kind: WordClass | undefined): boolean => kind?.kind === 'argument';

// argparse's pattern for one optional positional: any `--`, at most one argument, any `--`.
function claimedBy(classes: readonly WordClass[]): number {
  const beside = classes.slice(0, 2).some(({ kind }) => kind === 'terminator');
  return beside ? Math.min(2, classes.length) : 1;
}

function takeOption(line: Line, at: number, { option, eats, on }: Spelling, explicit: string | null): number {
  const { words, classes, found } = line;
  const eatsNone = eats === 'flag' || eats === 'toggle';
  const count = explicit === null && !eatsNone ? eaten(eats, classes, at + 1) : 0;
  const values = words.slice(at + 1, at + 1 + count);
  const written = writtenOf(words.slice(at, at + 1 + count));
  if (explicit !== null && eatsNone)
    found.refusals.push({ code: tailCode(words[at]?.text ?? ''), options: [option], written });
  else if (explicit === null && count === 0 && (eats === 'value' || eats === 'list'))
    found.refusals.push({ code: 'missing', options: [option], written });
  else
    found.taken.push({ option, on, values: explicit === null ? values.map(({ text }) => text) : [explicit], written });
  return at + 1 + count;
}

function eaten(eats: Eats, classes: readonly WordClass[], from: number): number {
  let end = from;
  while (isArgument(classes[end])) end++;
  return eats === 'value' || eats === 'optional' ? Math.min(1, end - from) : end - from;
}

// Python 3.11 reads the tail of a one-dash flag (-ep=n2) as more flags, 3.13 and later refuse it.
const tailCode = (text: string): 'python' | 'extra' => (/^-[^-=]+=[^]/.test(text) ? 'python' : 'extra');
