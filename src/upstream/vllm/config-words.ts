// The words that vLLM makes of a --config file (vLLM 0.31, vllm/utils/argparse_utils.py, load_config_file).
import { isList, isMap, type Json, pythonJson } from './python-json.ts';
import type { Word } from './words.ts';

/** A YAML document as PyYAML's safe_load reads it (YAML 1.1): `yes` is true, 010 is eight. A whole number may be a bigint. */
export type ConfigValue =
  string | bigint | number | boolean | null | readonly ConfigValue[] | { readonly [key: string]: ConfigValue };

/** Returns the words of a document, or a sentence why there are none; `knows` tells whether the parser has an option. */
export function configWords(
  document: ConfigValue,
  file: string,
  knows: (name: string) => boolean,
): readonly Word[] | string {
  if (!isMap(document)) return `${file} holds no mapping of options to values`;
  return Object.entries(document).flatMap(([key, value]) => {
    const texts = textsOf(key, value, knows);
    return texts.map((text, at) => ({ text, written: at === 0 ? `${key}: ${shown(value)} (${file})` : '' }));
  });
}

function textsOf(key: string, value: ConfigValue, knows: (name: string) => boolean): readonly string[] {
  if (value === true) return [`--${key}`];
  if (value === false) return knows(`--no-${key}`) ? [`--no-${key}`] : [];
  if (isList(value)) return value.length === 0 ? [] : [`--${key}`, ...value.map(pythonText)];
  return [`--${key}`, isMap(value) ? json(value) : pythonText(value)];
}

/**
 * Returns what Python's str() makes of a value, near enough: 4.0 comes out as 4, since JavaScript does not tell them apart
 * (vLLM refuses 4.0 as a size), and lists and mappings inside of lists look like JSON.
 */
function pythonText(value: ConfigValue): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null) return 'None';
  return isMap(value) || isList(value) ? json(value) : String(value);
}

const shown = (value: ConfigValue): string => (isMap(value) || isList(value) ? json(value) : String(value));

const json = (value: ConfigValue): string => pythonJson(withoutBigints(value));

function withoutBigints(value: ConfigValue): Json {
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(withoutBigints);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutBigints(inner)]));
}
