// What each of the three programs refuses about the values of its options, as errors that name the words.
import { type FieldName, fields, type Fields, type Objection, type Values } from './fields.ts';
import { objectionsTo } from './parallel-config.ts';
import type { EngineProgram } from './parse-line.ts';
import { runsHeadless, serveObjections, supervised, supervisorObjections } from './serve-checks.ts';
import { refusal, type WordError } from './words.ts';

/** Returns what the engine refuses once it has read all its words; each option is named once. */
export function conflicts(read: Fields, program: EngineProgram): readonly WordError[] {
  const values = Object.fromEntries(Object.entries(read).map(([name, { value }]) => [name, value])) as Values;
  const named = new Map<FieldName, string>();
  for (const [name, why] of objections(values, program)) if (!named.has(name)) named.set(name, why);
  return [...named].map(([name, why]) => {
    const { value, word } = read[name];
    const [flag] = fields[name];
    const shown = value === null ? null : String(value);
    const said = word ?? (shown === null ? flag : `${flag} ${shown}`);
    return refusal('conflict', flag, shown, `cannot use ${said}: ${why}`);
  });
}

function objections(values: Values, program: EngineProgram): readonly Objection[] {
  if (program === 'dynamo-vllm') return objectionsTo(values, values.headless);
  const supervisor = supervisorObjections(values);
  // The API server module knows --headless and does not look at it.
  if (program === 'openai-api-server') return [...supervisor, ...objectionsTo(values, false)];
  const first = [...supervisor, ...serveObjections(values)];
  if (!values.multiPortExternalLb) return [...first, ...objectionsTo(values, runsHeadless(values))];
  return first.length > 0 ? first : supervised(values).flatMap((child) => objectionsTo(child, false));
}
