// Every path, and what is no review: refused with a message, never allowed.
import { expect, test } from 'vitest';

import { answerRequest } from '#core/webhook/answer.ts';
import { noMetrics } from '#core/webhook/metrics.ts';

import { alpha, ask, patchOf, review } from './ask.ts';
import type { Json } from './ask.ts';

const metrics = () => ({ ...noMetrics, inFlight: 0 });
const request = (method: string, url: string, body: string | null = '') =>
  answerRequest({ method, url, body }, '0.9.0', metrics);

test.each([
  ['GET', '/healthz', 200, /^ok\n$/],
  ['HEAD', '/healthz?x', 200, /^ok\n$/],
  ['GET', '/metrics', 200, /^# HELP vllm_launch_webhook_reviews_total /],
  ['POST', '/healthz', 405, /^only GET and HEAD\n$/],
  ['GET', '/mutate', 405, /^only POST\n$/],
  ['PUT', '/validate', 405, /^only POST\n$/],
  ['GET', '/', 404, /^not here; there are \/mutate \/validate \/healthz \/metrics\n$/],
  ['POST', '/mutate/x', 404, /^not here/],
  ['POST', '', 404, /^not here/],
])('%s %s is %d', (method, url, status, body) => {
  const answer = request(method, url);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatch(body);
  expect(answer.outcome).toBe(null);
});

test('the timeout that the API server adds to the path is no part of it', () => {
  const asked = request('POST', '/mutate?timeout=10s', JSON.stringify(review('CREATE', alpha())));
  expect(asked).toMatchObject({ status: 200, type: 'application/json' });
  expect(asked.outcome).toEqual({ webhook: 'mutate', operation: 'CREATE', result: 'patched', message: 'CREATE ns/d' });
});

test('a review comes back with its own version, kind and uid, and its patch in base64', () => {
  const answer = JSON.parse(request('POST', '/mutate', JSON.stringify(review('CREATE', alpha()))).body) as object;
  expect(answer).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'f0b1', allowed: true, patchType: 'JSONPatch', patch: expect.stringMatching(/^[\w+/]+=*$/) },
  });
});

const whole = review('CREATE', alpha());
const without = (key: string): Json =>
  ({ ...whole, request: { ...whole.request, [key]: undefined } }) as unknown as Json;

test.each<readonly [string, unknown]>([
  ['no text', ''],
  ['not JSON', '{'],
  ['not an object', 'null'],
  ['a list', '[]'],
  ['no request', { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' }],
  ['no uid', without('uid')],
  ['an empty uid', review('CREATE', alpha(), null, { uid: '' })],
  ['a uid that is a number', review('CREATE', alpha(), null, { uid: 7 })],
  ['a long uid', review('CREATE', alpha(), null, { uid: 'u'.repeat(257) })],
])('%s: a failed call with a message', (_, body) => {
  for (const path of ['/mutate', '/validate'] as const) {
    const answer = request('POST', path, typeof body === 'string' ? body : JSON.stringify(body));
    expect(answer.status).toBe(400);
    expect(answer.outcome).toMatchObject({ result: 'refused' });
    expect(JSON.parse(answer.body)).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      code: 400,
      message: expect.stringMatching(/^cannot judge this request: .*; send an AdmissionReview/),
    });
  }
});

test('bytes that are no UTF-8 are a failed call', () => {
  expect(request('POST', '/mutate', null)).toMatchObject({ status: 400, outcome: { result: 'refused' } });
});

const kind = (group: string, name: string): Record<string, Json> => ({ kind: { group, version: 'v1', kind: name } });

test.each<readonly [string, unknown, string]>([
  ['another version of the question', { ...whole, apiVersion: 'admission.k8s.io/v1beta1' }, 'apiVersion'],
  ['another question', { ...whole, kind: 'TokenReview' }, 'kind'],
  ['a pod', review('CREATE', alpha(), null, kind('', 'Pod')), 'request.kind.group'],
  [
    'another kind of the group',
    review('CREATE', alpha(), null, kind('nvidia.com', 'DynamoModel')),
    'request.kind.kind',
  ],
  ['no kind', without('kind'), 'request.kind'],
  ['an unknown operation', review('PATCH', alpha()), 'request.operation'],
  ['a create without an object', review('CREATE', null), 'object'],
  ['an update without an object', review('UPDATE', null, alpha()), 'object'],
  ['an object that is a list', review('CREATE', []), 'object'],
  ['metadata that is a list', review('CREATE', { metadata: [] }), 'object: metadata'],
  ['annotations that are a list', review('CREATE', { metadata: { annotations: [] } }), 'object: metadata.annotations'],
  ['an annotation that is a number', review('CREATE', { metadata: { annotations: { a: 7 } } }), 'at "a"'],
  ['services that are a list', review('CREATE', { spec: { services: [] } }), 'object: spec.services'],
  ['a service that is a text', review('CREATE', { spec: { services: { a: 'x' } } }), 'at "a"'],
  [
    'a service far inside',
    review('CREATE', { spec: { services: { a: { extraPodMetadata: 7 } } } }),
    'extraPodMetadata',
  ],
  ['components that are no list', review('CREATE', { spec: { components: {} } }), 'object: spec.components'],
  ['a component that is null', review('CREATE', { spec: { components: [null] } }), 'object: spec.components.0'],
])('%s: denied with a message', (_, body, where) => {
  for (const path of ['/mutate', '/validate'] as const) {
    const { response, status } = ask(path, body);
    expect(status).toBe(200);
    expect(response).toMatchObject({ uid: 'f0b1', allowed: false, status: { code: 400, reason: 'BadRequest' } });
    expect(response.status?.message).toContain(where);
    expect(response.patch).toBe(undefined);
  }
});

test('a deployment that has no name yet is shown by what its name will begin with', () => {
  const asked = review('CREATE', { metadata: { generateName: 'try-' } }, null, { name: '' });
  expect(request('POST', '/mutate', JSON.stringify(asked)).outcome?.message).toBe('CREATE ns/try-*');
});

test('names in messages are one printable line', () => {
  const asked = review('CREATE', alpha(), null, { name: 'a\nb\u001b[31m' });
  expect(request('POST', '/mutate', JSON.stringify(asked)).outcome?.message).toBe('CREATE ns/a?b?[31m');
});

test('a review that is three million bytes long is answered as any other', () => {
  const object = { ...(alpha() as object), status: { note: 'x'.repeat(3_000_000) } };
  expect(patchOf(ask('/mutate', review('CREATE', object)))).toHaveLength(2);
});

test('a review as deep as it is long does not end us', () => {
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
  const text = JSON.stringify(review('CREATE', { metadata: {}, deep: 'HERE' })).replace('"HERE"', deep);
  expect(ask('/mutate', text).response.allowed).toBe(true);
});
