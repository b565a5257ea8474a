// JSON as Python writes it (json.dumps): a space behind commas and colons, ASCII alone.
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Returns what Python's json.dumps makes of a value; numbers look as JavaScript writes them. */
export function pythonJson(value: Json): string {
  if (isList(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (isMap(value)) {
    const pairs = Object.entries(value).map(([key, inner]) => `${quoted(key)}: ${pythonJson(inner)}`);
    return `{${pairs.join(', ')}}`;
  }
  return typeof value === 'string' ? quoted(value) : String(value);
}

const quoted = (text: string): string =>
  JSON.stringify(text).replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Returns whether a value of a document is a list. */
export const isList = <T>(value: T): value is Extract<T, readonly unknown[]> => Array.isArray(value);

/** Returns whether a value of a document is a mapping. */
export const isMap = <T>(value: T): value is Extract<T, { readonly [key: string]: unknown }> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
