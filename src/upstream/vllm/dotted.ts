// vLLM's dotted options: `--a.b 1 --a.c 2` becomes one `--a '{"b": 1, "c": 2}'` behind all other words
// (vLLM 0.31, vllm/utils/argparse_utils.py, parse_args). A word like -0.5 counts as one and eats the word after it.
import { splitValue } from './classify.ts';
import { isList, isMap, type Json, pythonJson } from './python-json.ts';
import { refusal, type Step, type Word, writtenOf } from './words.ts';

type Folded = { readonly value: Json; readonly from: readonly Word[] };

/** Returns the words with the dotted ones folded and put last. Suffixes of numbers (80g) stay text. */
export function joinDotted(words: readonly Word[]): Step {
  const kept: Word[] = [];
  const folded = new Map<string, Folded>();
  for (let at = 0; at < words.length;) {
    const [name, attached] = splitValue(words[at]?.text ?? '');
    const dotted = name.startsWith('-') && name.includes('.');
    const mine = words.slice(at, at + (dotted && attached === null ? 2 : 1));
    const value = attached ?? mine[1]?.text;
    at += mine.length;
    if (!dotted) kept.push(...mine);
    else if (value === undefined) return { words: kept, errors: [noValue(name)] };
    else fold(folded, name, value, mine);
  }
  const tail = [...folded].flatMap(([text, { value, from }]) => [
    { text, written: writtenOf(from) },
    { text: pythonJson(value), written: '' },
  ]);
  return { words: [...kept, ...tail], errors: [] };
}

const noValue = (name: string) => refusal('missing', name, null, `cannot use ${name}: no value follows; give it one`);

function fold(folded: Map<string, Folded>, name: string, value: string, from: readonly Word[]): void {
  const adds = name.endsWith('+');
  const [option = '', ...keys] = (adds ? name.slice(0, -1) : name).split('.');
  // Python cannot nest deeper than its stack either.
  const path = keys.slice(0, deepest);
  const nested = path.reduceRight<Json>(
    (inner, key) => Object.fromEntries([[key, inner]]),
    adds ? value.split(',') : valueOf(value),
  );
  const before = folded.get(option) ?? { value: {}, from: [] };
  folded.set(option, { value: merge(before.value, nested), from: [...before.from, ...from] });
}

const deepest = 500;

function valueOf(text: string): Json {
  if (text.replaceAll(/[^[{]/g, '').length > deepest) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // what is no JSON is the text itself
  }
}

// Mappings are merged and lists joined; of anything else the later one stays.
function merge(before: Json, after: Json): Json {
  if (isList(before) && isList(after)) return [...before, ...after];
  if (!isMap(before) || !isMap(after)) return after;
  const merged = Object.entries(after).map(([key, value]): [string, Json] => {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    return [key, old === undefined ? value : merge(old, value)];
  });
  return Object.fromEntries([...Object.entries(before), ...merged]);
}
