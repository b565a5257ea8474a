// AdmissionReviews of every kind: an answer with a message for each, a patch that fits, and nothing allowed that is no review.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { answerRequest } from '#core/webhook/answer.ts';
import { noMetrics } from '#core/webhook/metrics.ts';
import { pointer } from '#core/webhook/patch.ts';

import {
  alpha,
  ask,
  backendKey,
  beta,
  originKey,
  patched,
  patchOf,
  review,
  stampKey,
} from '../unit/core/webhook/ask.ts';
import type { Answered, Json } from '../unit/core/webhook/ask.ts';

const runs = { numRuns: 500 };
const paths = ['/mutate', '/validate'] as const;

function raw(path: string, body: string): { readonly status: number; readonly value: Answered['response'] & Json } {
  const { status, body: said } = answerRequest({ method: 'POST', url: path, body }, '0.9.0', () => ({
    ...noMetrics,
    inFlight: 0,
  }));
  return { status, value: JSON.parse(said) as never };
}

/** An answer is a review that denies with a message or allows, or a failed call with a message. */
function isAnswer(path: string, body: string): 'allowed' | 'denied' | 'failed' {
  const { status, value } = raw(path, body);
  if (status === 400) {
    expect(value).toMatchObject({ kind: 'Status', message: expect.stringMatching(/^cannot judge this request: ./) });
    return 'failed';
  }
  expect(status).toBe(200);
  const { response } = value as unknown as Answered;
  if (response.allowed) return 'allowed';
  expect(response.status?.message).toMatch(/^cannot (judge this request|accept DynamoGraphDeployment)/);
  expect(response.patch).toBe(undefined);
  return 'denied';
}

test('any text but a review is a failed call', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      for (const path of paths) expect(isAnswer(path, text)).toBe('failed');
    }),
    runs,
  );
});

const name = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', 'a/b', '~0'),
);
const key = fc.oneof(name, fc.constantFrom(stampKey, backendKey, originKey));
const value = fc.oneof(fc.string(), fc.constantFrom('mp', 'Ray', '0.8.0', 'v1', 'latest', ''));
const dictionary = <T>(of: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(name, of), { maxLength: 4 }).map((entries) => Object.fromEntries(entries));
const annotations = fc.option(
  fc.array(fc.tuple(key, value), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
);
const annotated = fc.option(fc.record({ annotations, labels: dictionary(fc.string()) }, { requiredKeys: [] }));
const podTemplate = fc.option(fc.record({ metadata: annotated, spec: fc.jsonValue() }, { requiredKeys: [] }));
const deployment = fc.record(
  {
    metadata: fc.record({ name, annotations }, { requiredKeys: [] }),
    spec: fc.option(
      fc.record(
        {
          annotations,
          services: fc.option(
            dictionary(fc.option(fc.record({ annotations, extraPodMetadata: annotated }, { requiredKeys: [] }))),
          ),
          components: fc.option(
            fc.array(
              fc.record(
                {
                  name,
                  type: fc.constantFrom('worker', 'lpx'),
                  podTemplate,
                  roles: fc.array(fc.record({ name, podTemplate })),
                },
                { requiredKeys: [] },
              ),
              { maxLength: 3 },
            ),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    status: fc.jsonValue(),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Json>;

test('the stamp of any deployment fits it, is there afterwards, changes nothing else, and is not put on twice', () => {
  fc.assert(
    fc.property(deployment, (object) => {
      const operations = patchOf(ask('/mutate', review('CREATE', object)));
      const after = patched(object, operations);
      const { annotations: stamped } = (after as { metadata: { annotations: Record<string, string> } }).metadata;
      expect(Object.hasOwn(stamped, stampKey)).toBe(true);
      expect(patchOf(ask('/mutate', review('CREATE', after)))).toEqual([]);
      const text = JSON.stringify(after);
      for (const { value: added } of operations) expect(JSON.stringify(added)).toMatch(/^["{]/);
      expect(containsAll(JSON.parse(text) as Json, object)).toBe(true);
    }),
    runs,
  );
});

/** Tells whether all that stands in `part` stands in `whole` too; a null may have become something. */
function containsAll(whole: Json, part: Json): boolean {
  if (part === null) return true;
  if (typeof part !== 'object') return whole === part;
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(
    ([each, inner]) => Object.hasOwn(whole, each) && containsAll((whole as Record<string, Json>)[each] ?? null, inner),
  );
}

test('what is accepted has no backend but mp and ray and no version that does not parse, wherever it stands', () => {
  fc.assert(
    fc.property(deployment, fc.constantFrom('CREATE', 'UPDATE'), (object, operation) => {
      const { response } = ask('/validate', review(operation, object, alpha({ [stampKey]: '1.0.0' })));
      if (!response.allowed) return;
      const { status: _, ...rest } = object as Record<string, Json>;
      expect(annotationValues(rest, backendKey).every((each) => /^(mp|ray)$/i.test(each))).toBe(true);
      expect(annotationValues(rest, stampKey).every((each) => /^v?\d/.test(each))).toBe(true);
    }),
    runs,
  );
});

/** The values of a key in maps that are called annotations; what a pod's spec holds is not ours. */
function annotationValues(object: Json, wanted: string): readonly string[] {
  if (typeof object !== 'object' || object === null) return [];
  return Object.entries(object).flatMap(([each, inner]: [string, Json]) => {
    if (each === 'annotations' && typeof inner === 'object' && inner !== null && Object.hasOwn(inner, wanted))
      return [JSON.stringify((inner as Record<string, Json>)[wanted]).slice(1, -1)];
    return each === 'spec' &&
      typeof inner === 'object' &&
      inner !== null &&
      !('services' in inner || 'components' in inner)
      ? []
      : annotationValues(inner, wanted);
  });
}

test('no update of a deployment from before the webhook is refused', () => {
  const old = fc.constantFrom(alpha(), beta(), alpha({ [backendKey]: 'ray' }), alpha({ [originKey]: '0.8.0' }));
  fc.assert(
    fc.property(deployment, old, (object, before) => {
      expect(ask('/validate', review('UPDATE', object, before)).response.allowed).toBe(true);
      expect(patchOf(ask('/mutate', review('UPDATE', object, before)))).toEqual([]);
    }),
    runs,
  );
});

test('a review with one value replaced or one piece of text changed is answered, and allowed only where it still is one', () => {
  const change = fc.record({ at: fc.nat(), cut: fc.nat({ max: 5 }), put: fc.oneof(fc.string(), fc.json()) });
  fc.assert(
    fc.property(
      deployment,
      change,
      fc.jsonValue(),
      fc.constantFrom(...paths),
      (object, { at, cut, put }, other, path) => {
        const text = JSON.stringify(review('CREATE', object));
        const place = at % text.length;
        isAnswer(path, text.slice(0, place) + put + text.slice(place + cut));
        const whole = JSON.parse(text) as Json;
        const all = pathsOf(whole);
        const chosen = all[at % all.length] ?? [];
        const changed = replaced(whole, chosen, other as Json);
        const answer = isAnswer(path, JSON.stringify(changed));
        if (
          /^\/(apiVersion|kind|request|request\/(uid|kind|kind\/(group|kind)|operation))$/.test(pointer(chosen)) &&
          !same(whole, changed)
        )
          expect([pointer(chosen), answer]).toEqual([pointer(chosen), expect.stringMatching(/denied|failed/)]);
      },
    ),
    runs,
  );
});

const same = (a: Json, b: Json): boolean => {
  const [left, right] = [a, b].map((each) => ask('/mutate', each)) as [Answered, Answered];
  return left.status === right.status && left.response?.allowed === right.response?.allowed;
};

const pathsOf = (object: Json): readonly (readonly string[])[] =>
  typeof object !== 'object' || object === null
    ? [[]]
    : [
        [],
        ...Object.entries(object).flatMap(([each, inner]: [string, Json]) =>
          pathsOf(inner).map((rest) => [each, ...rest]),
        ),
      ];

function replaced(object: Json, [first, ...rest]: readonly string[], by: Json): Json {
  if (first === undefined) return by;
  const entries = Object.entries(object as Record<string, Json>).map(
    ([each, inner]) => [each, each === first ? replaced(inner, rest, by) : inner] as const,
  );
  return Array.isArray(object) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
