// The words of a command line, cut at the first `--`. Nothing after it is ours to read.

export type Split = {
  readonly before: readonly string[];
  /** The words after `--`, or null where there is no `--`. */
  readonly after: readonly string[] | null;
};

/** Returns the words before and after the first `--`. */
export function splitWords(words: readonly string[]): Split {
  const at = words.indexOf('--');
  return at === -1 ? { before: words, after: null } : { before: words.slice(0, at), after: words.slice(at + 1) };
}
