// Which parsers see the words of a program, in which order.
// `vllm serve`: one. `python -m dynamo.vllm`: Dynamo's own, its router's, then the engine's, each with what the one before left
// (ai-dynamo 1.6.1, dynamo/vllm/args.py, _parse_cli_args).
import type { ConfigValue } from './config-words.ts';
import { dynamoTable, engineTable, type OptionTable, routerTable, serveTable } from './option-table.ts';
import { type Parsed, parseKnown, type Refusal, type Taken } from './parse-known.ts';
import { type Rewritten, rewriteWords } from './rewrite.ts';
import { type Word, word, type WordError } from './words.ts';

export type EngineProgram = 'vllm-serve' | 'openai-api-server' | 'dynamo-vllm';

export type ParsedLine = {
  readonly taken: readonly Taken[];
  /** Words no parser knows, as the engine names them. */
  readonly unknown: readonly string[];
  readonly configFile: string | null;
  readonly refusals: readonly Refusal[];
  readonly errors: readonly WordError[];
};

/** Returns how the parsers of a program share its words; `document` is what its --config file holds, undefined if not read. */
export function parseLine(
  program: EngineProgram,
  words: readonly string[],
  document: ConfigValue | undefined,
): ParsedLine {
  switch (program) {
    case 'vllm-serve':
      return serveLine(words, document);
    case 'openai-api-server': {
      const table = serveTable();
      const rewritten = rewriteWords(words.map(word), { document, knows: (name) => table.names.has(name) });
      return line(rewritten, [parseKnown(table, rewritten.words)]);
    }
    case 'dynamo-vllm':
      return dynamoLine(words.map(word), document);
  }
}

// The file is read by the parser above the command's, which knows none of its options: `false` is left out there.
function serveLine(words: readonly string[], document: ConfigValue | undefined): ParsedLine {
  const rewritten = rewriteWords(['serve', ...words].map(word), { document, knows: () => false });
  const parsed = parseKnown(serveTable(), rewritten.words.slice(1));
  const { positional } = parsed;
  const model =
    positional === null
      ? []
      : [{ option: '--model', on: true, values: [positional.text], written: positional.written }];
  return line(rewritten, [{ ...parsed, taken: [...parsed.taken, ...model] }]);
}

function dynamoLine(words: readonly Word[], document: ConfigValue | undefined): ParsedLine {
  const own = parseKnown(dynamoTable(), words);
  const router = parseKnown(routerTable(), own.rest);
  const table: OptionTable = engineTable();
  const rewritten = rewriteWords(router.rest, { document, knows: (name) => table.names.has(name) });
  return line(rewritten, [own, router, parseKnown(table, rewritten.words)]);
}

const line = ({ configFile, errors }: Rewritten, parsed: readonly Parsed[]): ParsedLine => ({
  taken: parsed.flatMap(({ taken }) => taken),
  unknown: (parsed.at(-1)?.rest ?? []).map(({ text }) => text),
  configFile,
  refusals: parsed.flatMap(({ refusals }) => refusals),
  errors,
});
