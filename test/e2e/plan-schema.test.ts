// The schema that ships describes what plan --json prints, and the plans that tests use.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';

import type { PlanDocument } from '#core/plan/plan.ts';

import { launch } from './launcher.ts';

type Schema = {
  $schema: string;
  properties: Record<string, object>;
  required: string[];
  additionalProperties: boolean;
};

const schema = JSON.parse(readFileSync('dist/plan.schema.json', 'utf8')) as Schema;
const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);
const faults = (document: unknown): unknown => (validate(document) ? [] : validate.errors);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vllm-launch-'));
  writeFileSync(join(folder, 'vllm'), '#!/bin/sh\n');
  chmodSync(join(folder, 'vllm'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const lines: readonly (readonly [string, number, Partial<PlanDocument['decision']>])[] = [
  ['plan --json -- true', 0, { outcome: 'single' }],
  ['plan --json -- no-such-command', 127, { outcome: 'single' }],
  [
    'plan --json --nnodes 2 --node-rank 1 --leader node-0 --gpus-per-node 1 -- vllm serve name/m -tp 2',
    0,
    { outcome: 'mp', executor: 'mp' },
  ],
  ['plan --json --nnodes 2 --gpus-per-node 1 -- vllm serve name/m -tp 2', 78, {}],
  ['plan --json --nnodes 2 --node-rank 0 --leader node-0 -- sh -c true', 78, {}],
];

test.each(lines)('%s prints one document of the schema and ends with %i', async (line, expected, decision) => {
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HF_TOKEN: 'hf_0123456789' };
  const { code, stdout } = await launch(line.split(' '), { env });
  const document = JSON.parse(stdout) as PlanDocument;
  expect(faults(document)).toEqual([]);
  expect(document.decision).toMatchObject(decision);
  expect({ code, first: document.errors[0]?.code ?? 0 }).toEqual({ code: expected, first: expected });
  expect(stdout).not.toContain('hf_0123456789');
});

test('secrets in words are masked in both forms, and shown when that is asked for', async () => {
  const words = ['--', 'true', '--api-key', 'abc123xyz', '--hf-token=def456uvw'];
  for (const form of [[], ['--json']]) {
    const hidden = await launch(['plan', ...form, ...words]);
    expect(hidden.stdout).not.toMatch(/abc123xyz|def456uvw/);
    const shown = await launch(['plan', ...form, '--show-secrets', ...words]);
    expect(shown.stdout).toMatch(/abc123xyz[\s\S]*def456uvw/);
  }
});

test('a plan that lacks a part, has one more, or another word is none of the schema', async () => {
  const whole = JSON.parse((await launch(['plan', '--json', '--', 'true'])).stdout) as PlanDocument;
  const { gpus: _gpus, ...without } = whole;
  expect(faults(whole)).toEqual([]);
  expect(faults(without)).not.toEqual([]);
  expect(faults({ ...whole, more: 1 })).not.toEqual([]);
  expect(faults({ ...whole, identity: { ...whole.identity, role: 'master' } })).not.toEqual([]);
});

test('every object of the schema is closed and requires all its parts', () => {
  const objects: Schema[] = [];
  JSON.stringify(schema, (_key, value: Schema | undefined) => {
    if (value?.properties !== undefined && value.required !== undefined) objects.push(value);
    return value;
  });
  expect(objects.length).toBeGreaterThan(10);
  for (const { properties, required, additionalProperties } of objects) {
    expect(additionalProperties).toBe(false);
    expect(required.toSorted()).toEqual(Object.keys(properties).toSorted());
  }
});
