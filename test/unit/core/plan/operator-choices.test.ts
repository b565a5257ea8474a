import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import type { Options } from '#core/options.ts';
import { lwsHost, lwsVariables } from '#upstream/kubernetes/lws.ts';
import { parseOperatorVersion } from '#upstream/version.ts';

import { choose, dynamoPod } from './choose.ts';

type Row = {
  id: string;
  name: string;
  kind: string;
  input: { annotations?: Record<string, string> | null };
  expected: {
    backend?: 'mp' | 'ray';
    threshold?: string;
    parsed?: string | null;
    'backend_if_threshold_is_0.9.0_as_in_seed'?: 'mp' | 'ray';
  };
};
const all = JSON.parse(readFileSync('test/cases/dynamo-vectors.json', 'utf8')) as Row[];
const rows = all.filter(({ kind }) => ['version_gate', 'backend_choice', 'version_parse'].includes(kind));

// Where the design differs on purpose, with its sentence.
const differing: Readonly<Record<string, string>> = {
  'dyn-073': 'Any other value is a configuration error (78: key, value, allowed values, source)',
  'dyn-122': 'Any other value is a configuration error (78: key, value, allowed values, source)',
};

const parsed = rows.filter((row) => row.expected.parsed !== undefined);

const chooseRow = (annotations: Row['input']['annotations'], options: Partial<Options>) =>
  choose({ ...(annotations === undefined ? {} : { annotations }), labels: dynamoPod, options });

describe("the operator's own choices, each read as a pod of a Dynamo deployment", () => {
  test.each(rows.filter(({ id }) => !Object.hasOwn(differing, id)))('$id $name', ({ input, expected }) => {
    const options = expected.threshold === undefined ? {} : { 'mp-from-origin-version': expected.threshold };
    const choice = chooseRow(input.annotations, options);
    expect([choice.executor, choice.problems]).toEqual([expected.backend, []]);
  });

  test.each(rows.filter((row) => row.expected['backend_if_threshold_is_0.9.0_as_in_seed'] !== undefined))(
    '$id at 0.9.0',
    ({ input, expected }) => {
      const choice = chooseRow(input.annotations, { 'mp-from-origin-version': '0.9.0' });
      expect(choice.executor).toBe(expected['backend_if_threshold_is_0.9.0_as_in_seed']);
    },
  );

  test.each(rows.filter(({ id }) => Object.hasOwn(differing, id)))(
    '$id differs on purpose, and is the same under --lenient-annotations',
    ({ input, expected }) => {
      expect(chooseRow(input.annotations, {}).problems).toMatchObject([{ name: 'config' }]);
      expect(chooseRow(input.annotations, { 'lenient-annotations': true }).executor).toBe(expected.backend);
    },
  );

  test.each(parsed)('$id is the version $expected.parsed', ({ input, expected }) => {
    const value = input.annotations?.['nvidia.com/dynamo-operator-origin-version'] ?? '';
    expect(parseOperatorVersion(value)?.normal ?? null).toBe(expected.parsed);
  });

  test('dyn-147 the leader and the rank of LeaderWorkerSet, and the hosts of its workers', () => {
    const address = all.find(({ id }) => id === 'dyn-147');
    expect(address?.expected).toMatchObject({ leader: lwsVariables.leader, rank: lwsVariables.rank });
    expect(lwsHost('vllm-0.vllm.ns', 2)).toBe('vllm-0-2.vllm.ns');
    expect(all.filter(({ kind }) => kind === 'address')).toHaveLength(1);
  });

  test('are all there, and no difference is stale', () => {
    expect(rows.length).toBe(39);
    expect(Object.keys(differing).filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
  });
});
