// What the words after `--` start. Words that begin with a flag are the arguments of a Dynamo worker, as a manifest with
// `args:` alone gives them.
const dynamoWorker = ['python3', '-m', 'dynamo.vllm'] as const;

/** Returns the command that the words after `--` mean: a first word that begins with `-` follows `python3 -m dynamo.vllm`. */
export function commandOf(words: readonly string[]): readonly string[] {
  return words[0]?.startsWith('-') === true ? [...dynamoWorker, ...words] : words;
}
