// YAML text to a value, with the position of what is wrong. The only file that knows the YAML library.
import { parseDocument } from 'yaml';

export type YamlReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly line: number; readonly column: number; readonly message: string };

// An alias may repeat another a hundred times, not a billion.
const mostAliases = 100;

/** Returns the value of a YAML text (1.1 rules for words like yes, as Python's loader has them), or where it is malformed. */
export function parseYaml(text: string): YamlReading {
  const document = parseDocument(text, { version: '1.1', prettyErrors: true, uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const position = error.linePos?.[0] ?? { line: 1, col: 1 };
    return { ok: false, line: position.line, column: position.col, message: firstLine(error.message) };
  }
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (error) {
    return {
      ok: false,
      line: 1,
      column: 1,
      message: firstLine(error instanceof Error ? error.message : String(error)),
    };
  }
}

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').slice(0, 256);
