// What vLLM does to its words before argparse sees them (vLLM 0.31, vllm/utils/argparse_utils.py, parse_args).
import { splitValue } from './classify.ts';
import { type ConfigValue, configWords } from './config-words.ts';
import { joinDotted } from './dotted.ts';
import type { OptionTable } from './option-table.ts';
import { type Word, type WordError, word, writtenOf } from './words.ts';

/** `document` is undefined where nobody has read the file yet. */
export type ConfigFile = { readonly document: ConfigValue | undefined; readonly knows: OptionTable | null };

export type Rewritten = {
  readonly words: readonly Word[];
  /** The file that `--config` names, if vLLM would read one. */
  readonly configFile: string | null;
  readonly errors: readonly WordError[];
};

/** Returns the words as argparse sees them; a first word `serve` is vLLM's command and is dropped. */
export function rewriteWords(given: readonly Word[], config: ConfigFile): Rewritten {
  const moved = moveModel(given);
  const inserted = insertConfig(moved.words, config);
  const dotted = joinDotted(inserted.words.flatMap(dashed));
  return {
    words: dotted.words,
    configFile: inserted.file,
    errors: [...moved.errors, ...inserted.errors, ...dotted.errors],
  };
}

type Step = { readonly words: readonly Word[]; readonly errors: readonly WordError[] };

const refused = (code: WordError['code'], flag: string, value: string | null, message: string): WordError => ({ code, flag, value, message });

// `vllm serve --model M` becomes `vllm serve M`; the word after --model is taken whatever it is.
function moveModel(args: readonly Word[]): Step {
  if (args[0]?.text !== 'serve') return { words: args, errors: [] };
  const at = args.findIndex(({ text }) => /^--model(=[^\n]|\n?$)/.test(text));
  if (at === -1) return { words: args, errors: modelMissing(args) };
  const [, value] = splitValue(args[at]?.text ?? '');
  const after = at + (value === null ? 2 : 1);
  const parts = args.slice(at, after);
  const model = value ?? parts[1]?.text;
  if (model === undefined)
    return { words: args, errors: [refused('missing', '--model', null, 'cannot use --model: no model follows; write the model')] };
  const moved = { text: model, written: writtenOf(parts) };
  const words = [...args.slice(0, 1), moved, ...args.slice(1, at), ...args.slice(after)];
  return { words, errors: modelMissing(words) };
}
