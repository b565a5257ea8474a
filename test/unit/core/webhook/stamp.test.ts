// What is stamped, where and with what; the operator's own rows under our key.
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { alpha, ask, beta, patchOf, patched, review, stampKey, stored } from './ask.ts';
import type { Annotations, Json } from './ask.ts';

type Row = {
  id: string;
  name: string;
  kind: string;
  input: { operation: string | null; operatorVersion: string; annotations: Annotations };
  expected: { origin_version: string; error: boolean };
};
const rows = (JSON.parse(readFileSync('test/cases/dynamo-vectors.json', 'utf8')) as Row[]).filter(
  ({ kind }) => kind === 'stamping',
);
const ours = (annotations: Annotations): Annotations =>
  annotations === null
    ? null
    : Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key.replace('origin-', ''), value]));

const annotationsOf = (object: Json, ...path: readonly string[]) =>
  [...path, 'annotations'].reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object) as
    Annotations | undefined;

describe("the operator's stamping rows, under our key", () => {
  test.each(rows.filter(({ expected }) => !expected.error))('$id $name', ({ input, expected }) => {
    const object = alpha(ours(input.annotations));
    const operation = input.operation ?? '';
    const deleted = operation === 'DELETE';
    const { answer, object: after } = stored(operation, deleted ? null : object, object, input.operatorVersion);
    expect(answer.response.allowed).toBe(true);
    expect(annotationsOf(deleted ? object : after, 'metadata')?.[stampKey] ?? '').toBe(expected.origin_version);
    for (const [key, value] of Object.entries(ours(input.annotations) ?? {}))
      expect(annotationsOf(deleted ? object : after, 'metadata')?.[key]).toBe(value);
  });

  test.each(rows.filter(({ expected }) => expected.error))('$id $name', ({ input }) => {
    expect(input.operation).toBe(null);
    const { request: _, ...without } = review('CREATE', alpha());
    expect(ask('/mutate', without).status).toBe(400);
  });

  test('are all there', () => {
    expect(rows.map(({ id }) => id)).toEqual(['dyn-230', 'dyn-232', 'dyn-233', 'dyn-234', 'dyn-235']);
  });
});

const stamp = { [stampKey]: '0.9.0' };
const template = (annotations: Json): Json => ({ metadata: { annotations } });

/** What lies under `spec` of a new deployment, and what lies there after it was stamped. */
const specs: readonly (readonly [string, Json, Json])[] = [
  [
    'a service without anything',
    { services: { a: {} } },
    { services: { a: { extraPodMetadata: { annotations: stamp } } } },
  ],
  [
    'a service whose metadata has labels only',
    { services: { a: { extraPodMetadata: { labels: { l: '1' } } } } },
    { services: { a: { extraPodMetadata: { labels: { l: '1' }, annotations: stamp } } } },
  ],
  [
    'nulls in the place of metadata and of annotations',
    { services: { a: { extraPodMetadata: null }, b: { extraPodMetadata: { annotations: null } } } },
    { services: { a: { extraPodMetadata: { annotations: stamp } }, b: { extraPodMetadata: { annotations: stamp } } } },
  ],
  [
    'annotations of others',
    { services: { a: { extraPodMetadata: { annotations: { 'x/y': 'z' } } } } },
    { services: { a: { extraPodMetadata: { annotations: { 'x/y': 'z', ...stamp } } } } },
  ],
  [
    'a pod template with a version of its own',
    { services: { a: { extraPodMetadata: { annotations: { [stampKey]: '0.1.0' } } } } },
    { services: { a: { extraPodMetadata: { annotations: { [stampKey]: '0.1.0' } } } } },
  ],
  [
    'a service whose annotations say a version',
    { services: { a: { annotations: { [stampKey]: '0.2.0' } } } },
    {
      services: {
        a: { annotations: { [stampKey]: '0.2.0' }, extraPodMetadata: { annotations: { [stampKey]: '0.2.0' } } },
      },
    },
  ],
  [
    'a version for all pods, and a service that says another',
    { annotations: { [stampKey]: '0.3.0' }, services: { a: { annotations: { [stampKey]: '0.2.0' } }, b: {} } },
    {
      annotations: { [stampKey]: '0.3.0' },
      services: {
        a: { annotations: { [stampKey]: '0.2.0' }, extraPodMetadata: { annotations: { [stampKey]: '0.2.0' } } },
        b: { extraPodMetadata: { annotations: { [stampKey]: '0.3.0' } } },
      },
    },
  ],
  ['a service that is null', { services: { a: null } }, { services: { a: null } }],
  ['no services', { services: null, components: null }, { services: null, components: null }],
  ['neither services nor components', {}, {}],
  [
    'a component without a template',
    { components: [{ name: 'a' }] },
    { components: [{ name: 'a', podTemplate: template(stamp) }] },
  ],
  [
    'components with a template at every stage',
    {
      components: [
        { podTemplate: { spec: { containers: [] } } },
        { podTemplate: { metadata: null } },
        { podTemplate: { metadata: { labels: {} } } },
        { podTemplate: template({ 'x/y': 'z' }) },
      ],
    },
    {
      components: [
        { podTemplate: { spec: { containers: [] }, metadata: { annotations: stamp } } },
        { podTemplate: template(stamp) },
        { podTemplate: { metadata: { labels: {}, annotations: stamp } } },
        { podTemplate: template({ 'x/y': 'z', ...stamp }) },
      ],
    },
  ],
  [
    'a template for each role, which none for the component may stand beside',
    {
      components: [
        {
          roles: [
            { name: 'leader', podTemplate: {} },
            { name: 'worker', podTemplate: {} },
          ],
        },
      ],
    },
    {
      components: [
        {
          roles: [
            { name: 'leader', podTemplate: template(stamp) },
            { name: 'worker', podTemplate: template(stamp) },
          ],
        },
      ],
    },
  ],
  [
    'roles without templates',
    { components: [{ roles: [{ name: 'leader' }] }] },
    { components: [{ roles: [{ name: 'leader' }], podTemplate: template(stamp) }] },
  ],
  [
    'a component of type lpx, which takes no template',
    { components: [{ type: 'lpx' }] },
    { components: [{ type: 'lpx' }] },
  ],
  [
    'a version for all pods, over components',
    { annotations: { [stampKey]: '0.3.0' }, components: [{}] },
    { annotations: { [stampKey]: '0.3.0' }, components: [{ podTemplate: template({ [stampKey]: '0.3.0' }) }] },
  ],
];

test.each(specs)('%s', (_, spec, after) => {
  const { object } = stored('CREATE', { metadata: { name: 'd' }, spec });
  expect(object).toEqual({ metadata: { name: 'd', annotations: stamp }, spec: after });
});

test.each([
  ['no metadata', {}, { metadata: { annotations: stamp } }],
  ['metadata that is null', { metadata: null }, { metadata: { annotations: stamp } }],
  ['annotations that are null', { metadata: { annotations: null } }, { metadata: { annotations: stamp } }],
  ['empty annotations', { metadata: { annotations: {} } }, { metadata: { annotations: stamp } }],
])('a deployment with %s', (_, object, after) => {
  expect(stored('CREATE', object).object).toEqual(after);
});

test('a version that the user set is what the pods get', () => {
  const own = { [stampKey]: '0.7.0' };
  expect(stored('CREATE', alpha(own)).object).toEqual(alpha(own, own));
  expect(stored('CREATE', beta(own)).object).toEqual(beta(own, own));
});

test('a deployment that has everything is left alone', () => {
  const { answer } = stored('CREATE', alpha(stamp, stamp));
  expect(answer.response).toEqual({ uid: 'f0b1', allowed: true });
});

test.each(['UPDATE', 'DELETE', 'CONNECT'])('%s stamps nothing', (operation) => {
  expect(stored(operation, operation === 'DELETE' ? null : alpha(), alpha()).answer.response).toEqual({
    uid: 'f0b1',
    allowed: true,
  });
});

test('a dry run is answered as the real thing is: there is nothing beside the answer', () => {
  const dry = ask('/mutate', review('CREATE', alpha(), null, { dryRun: true }));
  expect(dry).toEqual(ask('/mutate', review('CREATE', alpha())));
});

test('a subresource is left alone', () => {
  expect(patchOf(ask('/mutate', review('CREATE', alpha(), null, { subResource: 'status' })))).toEqual([]);
});

test.each(['__proto__', 'constructor', 'prototype', 'toString', 'a/b', 'a~b', '~1', '', 'é 😀', '\u0000', '"'])(
  'a service named %j is stamped at its place',
  (name) => {
    const services = `{${JSON.stringify(name)}:{"annotations":{"__proto__":"x"}},"b":{}}`;
    const object = JSON.parse(`{"metadata":{"annotations":{"__proto__":"x"}},"spec":{"services":${services}}}`) as Json;
    const answer = ask('/mutate', review('CREATE', object));
    const after = patched(object, patchOf(answer)) as { spec: { services: Record<string, Json> } };
    expect(Object.keys(after.spec.services)).toEqual(Object.keys((object as typeof after).spec.services));
    const own = Object.entries(after.spec.services).find(([key]) => key === name)?.[1];
    expect(annotationsOf(own ?? null, 'extraPodMetadata')).toEqual(stamp);
    expect(Object.keys(annotationsOf(after, 'metadata') ?? {})).toEqual(['__proto__', stampKey]);
    expect(({} as Record<string, unknown>)['x']).toBe(undefined);
  },
);
