// The engine command as its own parser reads it: which program, and the words that a launch depends on.
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { quote, quoteList } from '#core/quote.ts';
import { maskWords } from '#core/secret.ts';
import type { YamlReading } from '#core/yaml.ts';
import type { Met } from '#upstream/dynamo/old-names.ts';
import { oldWords } from '#upstream/dynamo/old-names.ts';
import type { EngineWords, ReadOptions } from '#upstream/vllm/read-words.ts';
import { readWords } from '#upstream/vllm/read-words.ts';

import type { EnginePlace } from './engine-place.ts';
import { placeEngine } from './engine-place.ts';
import type { Launch, Remarks } from './launch.ts';
import { noRemarks } from './launch.ts';

type Reading = Pick<Launch, 'program' | 'profile' | 'engineWords' | 'fields' | 'reader'>;

/** Returns what the command runs and how its parser reads it, with what that parser refuses as problems; `unread` are those of its file alone. */
export function readEngine(
  command: readonly string[],
  facts: Facts,
  options: Options,
  document: YamlReading | null,
): Remarks & { readonly reading: Reading; readonly unread: readonly Problem[] } {
  const { parser, ...place } = placeEngine(command, options.engine);
  if (parser === null) return { reading: { ...place, fields: null, reader: null }, ...noRemarks, unread: [] };
  const config = configOf(facts, document);
  const reader: ReadOptions = {
    program: parser,
    env: facts.env,
    ...config.read,
  };
  const words = command.slice(place.engineWords);
  const fields = readWords(words, reader);
  const errors = config.problems.length > 0 ? fields.errors.filter(({ flag }) => flag !== '--config') : fields.errors;
  return {
    reading: { ...place, fields, reader },
    warnings: [...hiddenWords(place, words), ...unknownWords(fields, parser === 'dynamo-vllm' ? oldWords(words) : [])],
    problems: [...config.problems, ...(fields.help ? [] : refusedWords(errors))],
    unread: config.problems,
  };
}

type Config = { readonly read: Pick<ReadOptions, 'config'>; readonly problems: readonly Problem[] };

function configOf({ engineConfig }: Facts, document: YamlReading | null): Config {
  if (engineConfig === null) return { read: {}, problems: [] };
  const shown = quote(engineConfig.path);
  const unread = (name: 'config' | 'input', why: string, hint: string): Config => {
    const message = `cannot read the engine's --config ${shown}: ${why}`;
    return { read: {}, problems: [problem(name, message, hint)] };
  };
  if ('missing' in engineConfig)
    return unread('config', engineConfig.missing, 'mount the file on every node, or correct the path');
  if (document === null) return { read: {}, problems: [] };
  if (document.ok) return { read: { config: document.value as ReadOptions['config'] }, problems: [] };
  return unread('input', `line ${document.line}, column ${document.column}: ${document.message}`, 'correct the YAML');
}

/** Returns what the engine refuses as problems, each with what to write instead. */
export const refusedWords = (errors: EngineWords['errors']): Problem[] =>
  errors.map(({ message }) => {
    const end = message.lastIndexOf('; ');
    return problem('config', message.slice(0, end), message.slice(end + 2));
  });

/** Old names have warnings of their own. */
function unknownWords({ unknown, help }: EngineWords, old: readonly Met[]): Warning[] {
  const known = new Set(old.flatMap(({ written }) => written));
  const left = unknown.filter((word) => !known.has(word));
  if (help || left.length === 0) return [];
  const shown = quoteList(maskWords(left).map(quote));
  return [
    { code: 'unknown-engine-words', message: `words of the engine command that no engine we know takes: ${shown}` },
  ];
}

function hiddenWords({ program }: Omit<EnginePlace, 'parser'>, words: readonly string[]): Warning[] {
  if (program !== 'shell' || words.length > 0) return [];
  const message =
    "the engine's words are hidden in a shell string, so its sizes are taken as 1: write them behind it, as in sh -c 'exec vllm serve \"$@\"' sh MODEL";
  return [{ code: 'hidden-engine-words', message }];
}
