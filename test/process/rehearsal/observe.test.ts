// The rehearsal engine against what was seen of the real one: both by scripts/observe.js, on two network namespaces.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

import { outfile } from './engine.ts';

type Observations = Readonly<Record<string, unknown>>;
type Compare = (
  real: Observations,
  rehearsal: Observations,
  rows: Observations,
  differences: readonly unknown[],
) => { readonly equal: number; readonly wrong: readonly string[]; readonly stale: readonly string[] };

const script = (name: string): Promise<unknown> => import(join(process.cwd(), 'scripts', name));
const { compare } = (await script('observe-compare.js')) as { readonly compare: Compare };
const { ROWS } = (await script('observe-rows.js')) as { readonly ROWS: Observations };

const load = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;
const recordedFile = 'test/cases/observed-vllm.json';
const recorded = load<Observations>(recordedFile);
const differences = load<readonly { readonly field: string; readonly reason: string }[]>(
  'test/cases/rehearsal-differences.json',
);

// In each lane one row after the other; the lanes beside each other.
const lanes = [
  ['worker-of-1-kill', 'headless-kill', 'headless-term', 'server-kill', 'server-term', 'core-kill', 'worker-of-0-kill'],
  [
    'link-cut-request',
    'worker-of-1-kill-request',
    'core-term',
    'single-early-term',
    'single-term',
    'server-alone-term',
  ],
  ['bad-option', 'bad-size', 'bad-rank', 'no-model', 'port-taken', 'dynamo-core-kill', 'dynamo-server-term'],
];

// Namespaces need root; in CI their absence is a failure.
test.runIf(process.getuid?.() === 0 || process.env['CI'] === 'true')(
  'behaves as the real engine was seen to behave, but for what is listed with a reason',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vllm-launch-observe-'));
    await Promise.all(lanes.map((rows, lane) => observe(rows, folder, lane)));
    const seen = Object.assign({}, ...lanes.map((_, lane) => load(join(folder, `${lane}.json`)))) as Observations;
    expect(Object.keys(seen)).toHaveLength(lanes.flat().length);
    const { equal, wrong, stale } = compare(recorded, seen, ROWS, differences);
    expect(wrong).toEqual([]);
    expect(stale).toEqual([]);
    expect(equal).toBeGreaterThan(100);
  },
);

test('every row was seen on the real engine', () => {
  expect(Object.keys(recorded).toSorted()).toEqual(Object.keys(ROWS).toSorted());
});

test('the comparison finds a title, a code, a survivor, a port and an exit status that differ', () => {
  const row = 'server-kill';
  const twisted = (edit: (text: string) => string) => ({
    [row]: JSON.parse(edit(JSON.stringify(recorded[row]))) as unknown,
  });
  const wrongOf = (edit: (text: string) => string) => compare(recorded, twisted(edit), ROWS, []).wrong.length;
  expect(wrongOf((text) => text)).toBe(0);
  expect(wrongOf((text) => text.replace('VLLM::Worker_TP0', 'VLLM::Worker_TP9'))).toBe(1);
  expect(wrongOf((text) => text.replace('"200"', '"204"'))).toBe(1);
  expect(wrongOf((text) => text.replace('orphan > VLLM::EngineCore"', 'top serve > VLLM::EngineCore"'))).toBe(1);
  expect(wrongOf((text) => text.replace('0:http', '0:system'))).toBe(1);
  expect(wrongOf((text) => text.replace('"SIGKILL","running"', '0,"running"'))).toBe(1);
});

const observe = async (rows: readonly string[], folder: string, lane: number) =>
  promisify(execFile)(process.execPath, [
    'scripts/observe.js',
    'rehearsal',
    ...[
      '--rows',
      rows.join(','),
      '--pace',
      '0.08',
      '--engine',
      outfile,
      '--expect',
      recordedFile,
      '--out',
      join(folder, `${lane}.json`),
    ],
  ]);
