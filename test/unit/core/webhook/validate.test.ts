// What is refused, and what never is; the operator's own rows.
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { alpha, ask, backendKey, beta, originKey, review, stampKey } from './ask.ts';
import type { Annotations, Json } from './ask.ts';

type Row = {
  id: string;
  name: string;
  kind: string;
  input: { annotations: Annotations };
  expected: { accepted: boolean };
};
const rows = (JSON.parse(readFileSync('test/cases/dynamo-vectors.json', 'utf8')) as Row[]).filter(
  ({ kind }) => kind === 'admission',
);

const places: readonly (readonly [string, (annotations: Annotations) => Json])[] = [
  ['the metadata', (annotations) => alpha(annotations)],
  ['a service of v1alpha1', (annotations) => alpha(null, annotations)],
  ['a component of v1beta1', (annotations) => beta(null, annotations)],
  ['what all pods get', (annotations) => ({ metadata: {}, spec: { annotations } })],
  ['what a service gets', (annotations) => ({ metadata: {}, spec: { services: { a: { annotations } } } })],
  [
    'the template of a role',
    (annotations) => ({
      metadata: {},
      spec: { components: [{ roles: [{ podTemplate: { metadata: { annotations } } }] }] },
    }),
  ],
];

describe.each(places)("the operator's admission rows in %s", (_, object) => {
  test.each(rows)('$id $name', ({ input, expected }) => {
    expect(ask('/validate', review('CREATE', object(input.annotations))).response.allowed).toBe(expected.accepted);
  });
});

test('the rows are all there', () => {
  expect(rows.map(({ id }) => id)).toEqual(['dyn-236', 'dyn-237', 'dyn-238']);
});

test.each([
  [backendKey, 'mp', true],
  [backendKey, 'MP', true],
  [backendKey, 'ray', true],
  [backendKey, ' ray', false],
  [backendKey, '', false],
  [backendKey, 'mp,ray', false],
  [stampKey, '1.0.0', true],
  [stampKey, 'v1', true],
  [stampKey, '1.0.0-rc.1+b', true],
  [stampKey, '', false],
  [stampKey, '1.0.0rc1', false],
  [stampKey, 'latest', false],
  [originKey, '1.0', true],
  [originKey, 'V1.0', false],
  ['nvidia.com/other', 'anything', true],
])('%s=%j is accepted: %s', (key, value, accepted) => {
  const { response } = ask('/validate', review('CREATE', alpha({ [key]: value })));
  expect(response.allowed).toBe(accepted);
  if (accepted) return;
  expect(response.status).toMatchObject({ code: 422, reason: 'Invalid' });
  expect(response.status?.message).toContain(
    `cannot accept DynamoGraphDeployment ns/d: metadata.annotations[${key}] is ${JSON.stringify(value)}, `,
  );
});

test('all that is wrong is named, of much the first eight', () => {
  const two = alpha({ [backendKey]: 'x', [stampKey]: 'y' });
  expect(ask('/validate', review('CREATE', two)).response.status?.message).toMatch(
    /\[.*backend\] is "x".*\[.*-version\] is "y"/,
  );
  const components = Array.from({ length: 25 }, () => ({
    podTemplate: { metadata: { annotations: { [backendKey]: 'x' } } },
  }));
  const { response } = ask('/validate', review('CREATE', { metadata: {}, spec: { components } }));
  expect(response.status?.message).toContain('and 17 more');
});

const stamp = { [stampKey]: '0.9.0' };
const update = (object: Json, oldObject: Json) => ask('/validate', review('UPDATE', object, oldObject)).response;

test.each([
  ['without any annotation', null],
  ["with the operator's own version only", { [originKey]: '0.8.0' }],
  ['with a backend only', { [backendKey]: 'ray' }],
])('an update of a deployment %s is not refused, what is wrong is a warning', (_, before) => {
  const response = update(alpha({ ...before, [backendKey]: 'pm' }), alpha(before));
  expect(response).toMatchObject({ allowed: true, warnings: [expect.stringContaining('is "pm", and only mp or ray')] });
  expect(update(alpha({ ...before, 'a/b': 'c' }), alpha(before))).toEqual({ uid: 'f0b1', allowed: true });
});

test('an update of a stamped deployment is refused for what it brings', () => {
  expect(update(alpha({ ...stamp, [backendKey]: 'pm' }), alpha(stamp)).allowed).toBe(false);
  expect(update(alpha({ [stampKey]: 'latest' }), alpha(stamp)).allowed).toBe(false);
  expect(update(alpha({ ...stamp, [backendKey]: 'mp' }), alpha(stamp))).toEqual({ uid: 'f0b1', allowed: true });
  expect(update(alpha(), alpha(stamp)).allowed).toBe(true);
});

test('an update of a stamped deployment is not refused for what was wrong before', () => {
  const before = alpha({ ...stamp, [backendKey]: 'pm' }, { [backendKey]: 'yar' });
  expect(update(before, before).allowed).toBe(true);
  expect(update(alpha({ ...stamp, [backendKey]: 'pmm' }, { [backendKey]: 'yar' }), before).allowed).toBe(false);
});

test('a deployment on its way out is let go, whatever stands in it', () => {
  const leaving = {
    metadata: { annotations: { ...stamp, [backendKey]: 'pm' }, deletionTimestamp: '2026-01-01T00:00:00Z' },
  };
  expect(update(leaving, alpha(stamp)).allowed).toBe(true);
});

test('an update without the old object is judged by the new one alone', () => {
  expect(update(alpha({ [backendKey]: 'pm' }), null).allowed).toBe(false);
  expect(update(alpha(), null).allowed).toBe(true);
});

test('an old object that cannot be read is nobody to refuse an update for', () => {
  expect(update(alpha({ [backendKey]: 'pm' }), { metadata: { annotations: ['?'] } }).allowed).toBe(true);
});

test.each(['DELETE', 'CONNECT'])('%s is allowed, whatever stands in the deployment', (operation) => {
  const bad = alpha({ [backendKey]: 'pm' });
  const object = operation === 'DELETE' ? null : { kind: 'PodExecOptions', metadata: 7 };
  expect(ask('/validate', review(operation, object, bad)).response).toEqual({ uid: 'f0b1', allowed: true });
});

test('a dry run is judged as the real thing is', () => {
  const bad = review('CREATE', alpha({ [backendKey]: 'pm' }), null, { dryRun: true });
  expect(ask('/validate', bad).response.allowed).toBe(false);
});

test('warnings are printable and no longer than Kubernetes lets them be', () => {
  const services = { ['\u0007é'.repeat(300)]: { extraPodMetadata: { annotations: { [backendKey]: 'x' } } } };
  const { warnings = [] } = update({ metadata: {}, spec: { services } }, alpha());
  expect(warnings).toHaveLength(1);
  for (const warning of warnings) expect(warning).toMatch(/^[ -~]{1,256}$/);
});
