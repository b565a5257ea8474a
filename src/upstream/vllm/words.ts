// Words on their way through a parser: what the parser sees, and what the user wrote.

/** `text` is what the parser sees; `written` is what it came from, empty for the second of two words made of one. */
export type Word = { readonly text: string; readonly written: string };

/** Words after one step of rewriting, and what the engine refuses on the way. */
export type Step = { readonly words: readonly Word[]; readonly errors: readonly WordError[] };

/** Something an engine refuses: the option, the value, and a sentence "cannot X: why; do Y". */
export type WordError = {
  readonly code: ErrorCode;
  readonly flag: string;
  readonly value: string | null;
  readonly message: string;
};

/**
 * `value` no such value, `missing` no value at all, `extra` a value where none belongs, `ambiguous` a beginning of several names,
 * `python` read differently by different Pythons, `glued` like -tp4, `too-large` beyond what we count,
 * `config` about --config, `model` no model where one is asked for, `conflict` options that contradict each other.
 */
export type ErrorCode =
  'value' | 'missing' | 'extra' | 'ambiguous' | 'python' | 'glued' | 'too-large' | 'config' | 'model' | 'conflict';

/** Returns a word of the command line. */
export const word = (text: string): Word => ({ text, written: text });

/** Returns what the user wrote for these words, as a person would type it. */
export const writtenOf = (words: readonly Word[]): string =>
  words
    .map(({ written }) => written)
    .filter((written) => written !== '')
    .join(' ');

/** Returns an error about an option. */
export const refusal = (code: ErrorCode, flag: string, value: string | null, message: string): WordError => ({
  code,
  flag,
  value,
  message,
});
