import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fields } from '#upstream/vllm/fields.ts';
import { serveTable } from '#upstream/vllm/option-table.ts';
import { type EngineWords, readWords } from '#upstream/vllm/read-words.ts';

import { type EngineLine, engineLine } from './arbitrary/engine-line.ts';

// Fresh lines, read by the real parsers of the venv VLLM_ENGINES and by ours. VLLM_LINES and VLLM_SEED choose them;
// VLLM_RECORD=FILE writes what the engine answered, for test/cases/vllm-parser-sample.json.
const { VLLM_ENGINES = '', VLLM_LINES = '2000', VLLM_SEED = String(Math.floor(Math.random() * 2 ** 31)) } = process.env;
const recordTo = process.env['VLLM_RECORD'];

type Answer = {
  readonly refused: string | null;
  readonly help: boolean;
  readonly read: Record<string, unknown> | null;
};

/** What the engine says of a line: `ours` is a refusal because of an option we read, `other` one of another option. */
type Verdict =
  | { readonly kind: 'read'; readonly values: Record<string, unknown> }
  | { readonly kind: 'unknown'; readonly words: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'ours' }
  | { readonly kind: 'other' };

const spellings = new Set(
  [...serveTable().names]
    .filter(([, { option }]) => Object.values(fields).some(([flag]) => flag === option))
    .map(([name]) => name),
);
spellings.add('--disaggregation-mode');

// Options that need each other and that we do not read; and what stands inside of a KV configuration.
const notAboutOurs =
  /Fault tolerance requires|nsight|require numa_bind|gRPC|dbo_decode|requires --tool-call-parser|requires --enable-log-requests|--enable-per-request-metrics|ssl-keyfile|^parser: argument --kv-(?:transfer|events)-config: (?!expected)/;

/** Whether pydantic refuses fields of other options alone. */
function refusesOtherFields(refused: string): boolean {
  if (!refused.startsWith('ValidationError: ')) return false;
  const named = [...refused.matchAll(/^(\w+)$/gm)].map(([name]) => `--${name.replaceAll('_', '-')}`);
  return !/ for ParallelConfig\b/.test(refused) || (named.length > 0 && !named.some((name) => spellings.has(name)));
}

function verdictOf({ refused, help, read }: Answer): Verdict {
  if (help) return { kind: 'help' };
  if (refused === null) return { kind: 'read', values: read ?? {} };
  const unknown = /^parser: unrecognized arguments: (.*)$/s.exec(refused)?.[1];
  if (unknown !== undefined) return { kind: 'unknown', words: unknown };
  const named = /^parser: (?:argument ([^:]+):|ambiguous option: .* could match (.*)$)/s.exec(refused);
  if (notAboutOurs.test(refused) || refusesOtherFields(refused)) return { kind: 'other' };
  const about = (named?.[1] ?? named?.[2])?.split(/\/|, /);
  return { kind: about === undefined || about.some((name) => spellings.has(name)) ? 'ours' : 'other' };
}

/** Returns in what our reading differs from the engine's, or null. */
function difference(read: EngineWords, verdict: Verdict): string | null {
  const codes = read.errors.map(({ code }) => code);
  const careful = codes.some((code) => code === 'python' || code === 'too-large');
  if (verdict.kind === 'other') return null;
  if (verdict.kind === 'help') return read.help ? null : 'the engine prints help, we do not see it';
  if (verdict.kind === 'ours') return codes.length > 0 ? null : 'the engine refuses, we do not';
  if (careful) return null;
  if (verdict.kind === 'unknown')
    return read.unknown.join(' ') === verdict.words ? null : `unknown words: ${read.unknown.join(' ')}`;
  if (codes.length > 0) return `we refuse: ${read.errors[0]?.message}`;
  if (read.unknown.length > 0) return `we do not know ${read.unknown.join(' ')}`;
  return unequal(read, verdict.values);
}

function engineValue(values: Record<string, unknown>, flag: string): unknown {
  const said = values[flag.slice(2).replaceAll('-', '_')];
  return Array.isArray(said) ? said.filter((one) => one !== null) : said;
}

function unequal(read: EngineWords, values: Record<string, unknown>): string | null {
  const ours: Record<string, { readonly value: unknown; readonly word: string | null }> = {
    ...read.sizes,
    ...read,
  } as never;
  for (const [name, [flag]] of Object.entries(fields)) {
    const engine = engineValue(values, flag);
    const mine = ours[name];
    if (engine === undefined || mine === undefined) continue;
    const absent = mine.word === null && (engine === null || name === 'model');
    if (!absent && JSON.stringify(mine.value) !== JSON.stringify(engine))
      return `${name}: we read ${JSON.stringify(mine.value)}, the engine ${JSON.stringify(engine)}`;
  }
  return null;
}

const ask = async (lines: readonly EngineLine[]): Promise<readonly Answer[]> => {
  const asked = lines.map(({ program, words, config }) =>
    JSON.stringify({ program, words, ...(config === undefined ? {} : { config: yaml(config) }) }),
  );
  const child = spawn(`${VLLM_ENGINES}/bin/python`, ['scripts/compare-parser.py'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end(asked.map((line) => `${line}\n`).join(''));
  const answers = (await text(child.stdout)).trimEnd().split('\n');
  return answers.map((line) => JSON.parse(line) as Answer);
};

const yaml = (config: NonNullable<EngineLine['config']>): string =>
  Object.entries(config)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}\n`)
    .join('') || '{}';

const read = ({ program, words, config }: EngineLine): EngineWords => readWords(words, { program, config });

test.skipIf(VLLM_ENGINES === '')(
  'we read every line as the engine does',
  async () => {
    const lines = fc.sample(engineLine, { numRuns: Number(VLLM_LINES), seed: Number(VLLM_SEED) });
    const answers = await ask(lines);
    expect(answers).toHaveLength(lines.length);
    const verdicts = answers.map(verdictOf);
    const differences = lines.flatMap((line, at) => {
      const what = difference(read(line), verdicts[at] ?? { kind: 'other' });
      return what === null ? [] : [{ what, line, engine: answers[at]?.refused }];
    });
    const counts: Record<string, number> = {};
    for (const { kind } of verdicts) counts[kind] = (counts[kind] ?? 0) + 1;
    console.log(`seed ${VLLM_SEED}: ${JSON.stringify(counts)}, ${differences.length} differences`);
    if (recordTo !== undefined) record(recordTo, lines, verdicts);
    expect(differences.slice(0, 20)).toEqual([]);
    expect(counts['read']).toBeGreaterThan(lines.length / 5);
    expect(counts['ours']).toBeGreaterThan(lines.length / 5);
  },
  600_000,
);

// One line of JSON for each line; `other` ones say nothing about us. Of the values those that are not the engine's own.
function record(file: string, lines: readonly EngineLine[], verdicts: readonly Verdict[]): void {
  const rows = lines.flatMap((line, at) => {
    const verdict = verdicts[at];
    if (verdict === undefined || verdict.kind === 'other') return [];
    const said = verdict.kind === 'read' ? { ...verdict, values: notDefault(verdict.values) } : verdict;
    return [JSON.stringify({ ...line, verdict: said })];
  });
  writeFileSync(file, `[\n${rows.join(',\n')}\n]\n`);
}

const notDefault = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, [flag, , initial]]) => {
      const value = engineValue(values, flag);
      const own = value === undefined || value === null || value === initial || value === 'Qwen/Qwen3-0.6B';
      return own ? [] : [[name, value]];
    }),
  );
