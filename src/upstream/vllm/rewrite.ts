// What vLLM does to its words before argparse sees them (vLLM 0.31, vllm/utils/argparse_utils.py, parse_args).
import { splitValue } from './classify.ts';
import { type ConfigValue, configWords } from './config-words.ts';
import { joinDotted } from './dotted.ts';
import { refusal, type Step, type Word, word, type WordError, writtenOf } from './words.ts';

/** What `--config` names: `document` is undefined as long as nobody has read the file. */
export type ConfigSource = {
  readonly document: ConfigValue | undefined;
  /** Whether the parser that reads the file has an option of this name. */
  readonly knows: (name: string) => boolean;
};

export type Rewritten = Step & {
  /** The file that vLLM would read, null without `--config`. */
  readonly configFile: string | null;
};

/** Returns the words as argparse sees them; a first word `serve` is vLLM's command. */
export function rewriteWords(given: readonly Word[], config: ConfigSource): Rewritten {
  const moved = moveModel(given);
  const inserted = insertConfig(moved.words, config);
  const dotted = joinDotted(inserted.words.flatMap(dashed));
  return {
    words: dotted.words,
    configFile: inserted.configFile,
    errors: [...moved.errors, ...inserted.errors, ...dotted.errors],
  };
}

// `vllm serve --model M` becomes `vllm serve M`; the word after --model is taken whatever it is.
function moveModel(args: readonly Word[]): Step {
  if (args[0]?.text !== 'serve') return { words: args, errors: [] };
  const at = args.findIndex(({ text }) => text === '--model' || /^--model=[^\n]/.test(text));
  if (at === -1) return { words: args, errors: modelMissing(args) };
  const [, attached] = splitValue(args[at]?.text ?? '');
  const parts = args.slice(at, at + (attached === null ? 2 : 1));
  const text = attached ?? parts[1]?.text;
  if (text === undefined) return { words: args, errors: [noModel] };
  const model = { text, written: writtenOf(parts) };
  const words = [...args.slice(0, 1), model, ...args.slice(1, at), ...args.slice(at + parts.length)];
  return { words, errors: modelMissing(words) };
}

const noModel = refusal('missing', '--model', null, 'cannot use --model: no model follows; write one');

function modelMissing(args: readonly Word[]): readonly WordError[] {
  const has = (pattern: RegExp) => args.some(({ text }) => pattern.test(text));
  if (!args[1]?.text.startsWith('-') || has(/^--config(=[^\n]|$)/) || !has(/^--served[-_]model[-_]name(=[^\n]|$)/))
    return [];
  const message =
    'cannot run vllm serve: --served-model-name is given and no model comes first; write vllm serve MODEL';
  return [refusal('model', '--served-model-name', null, message)];
}

type Inserted = Step & { readonly configFile: string | null };

// Only the word `--config` itself counts: vLLM accepts --config=FILE and its abbreviations, and never reads that file.
function insertConfig(args: readonly Word[], config: ConfigSource): Inserted {
  const at = args.findIndex(({ text }) => text === '--config');
  if (at === -1) return { words: args, configFile: null, errors: [] };
  const file = args[at + 1]?.text ?? null;
  const fail = (why: string): Inserted => ({
    words: [...args.slice(0, at), ...args.slice(at + 2)],
    configFile: file,
    errors: [refusal('config', '--config', file, `cannot use --config${file === null ? '' : ` ${file}`}: ${why}`)],
  });
  if (args.filter(({ text }) => text === '--config').length > 1) return fail('it is given twice; name one file');
  if (file === null) return fail('no file follows; name one');
  if (!/(^|\.)ya?ml$/.test(file)) return fail('vLLM reads only .yaml and .yml files; rename it');
  if (config.document === undefined) return fail('the file has not been read; read it first');
  const words = configWords(config.document, file, config.knows);
  if (typeof words === 'string') return fail(`${words}; write one option to a line`);
  const placed = placeConfig(args, at, words);
  return placed === null
    ? fail('neither the words nor the file name a model; name it')
    : { words: placed, configFile: file, errors: [] };
}

// The file's words come right behind the command and the model, so that the command line's own words win.
function placeConfig(args: readonly Word[], at: number, config: readonly Word[]): readonly Word[] | null {
  const first = args[0]?.text ?? '';
  const modelFirst = first === 'serve' && args[1]?.text.startsWith('-') === false;
  if (first === 'serve' && !modelFirst && !config.some(({ text }) => text === '--model')) return null;
  const ahead = first.startsWith('-') ? 0 : modelFirst ? 2 : 1;
  return [...args.slice(0, ahead), ...config, ...args.slice(ahead, at), ...args.slice(at + 2)];
}

// `_` counts as `-` in a name up to its first dot; -O3 is short for --optimization-level 3.
function dashed({ text, written }: Word, at: number, all: readonly Word[]): readonly Word[] {
  if (text.startsWith('--help=')) return [{ text: '--help', written }];
  if (text.startsWith('--')) {
    const [name] = splitValue(text);
    const [head = '', ...tail] = name.split('.');
    return [{ text: [head.replaceAll('_', '-'), ...tail].join('.') + text.slice(name.length), written }];
  }
  const level = { text: '--optimization-level', written };
  if (text === '-O') return [/^[0-3]$/.test(all[at + 1]?.text ?? '') ? level : word(text)];
  if (text.startsWith('-O')) return [level, { text: text.slice(text[2] === '=' ? 3 : 2), written: '' }];
  return [{ text, written }];
}
