import { expect, test } from 'vitest';

import { maskPlan } from '#core/report/mask-plan.ts';

import { mpWorker, samplePlans } from './sample-plans.ts';

test('flags, variables and annotations that hold secrets are masked, others are not', () => {
  const text = JSON.stringify(maskPlan(mpWorker, {}));
  for (const secret of ['k-123456', 'hf_abcdefgh', 'abcdef-secret']) expect(text).not.toContain(secret);
  expect(text).toContain('10.2.0.7');
  expect(text).toContain('--tensor-parallel-size');
});

test('the value of a secret variable is masked wherever it turns up', () => {
  const hinted = { ...mpWorker, warnings: [{ code: 'x', message: 'cannot reach http://h/?t=topsecret9' }] };
  const masked = maskPlan(hinted, { HUB_TOKEN: 'topsecret9', PLAIN: 'cannot reach' });
  expect(masked.warnings[0]?.message).toBe('cannot reach http://h/?t=********');
});

test('passwords in URLs are masked', () => {
  const leader = { host: 'h', port: 1, via: 'http://me:pass1@h' };
  const masked = maskPlan({ ...mpWorker, identity: { ...mpWorker.identity, leader } }, {});
  expect(masked.identity.leader?.via).toBe('http://me:********@h');
});

test.each(Object.entries(samplePlans))(
  'the masked %s has the keys, numbers and nulls of the plan',
  (_name, document) => {
    const shape = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_key, item: unknown) => (typeof item === 'string' ? 'text' : item)));
    expect(shape(maskPlan(document, { X_TOKEN: 'm-0.m.prod' }))).toEqual(shape(document));
  },
);

test('the value of a variable that is no secret stays', () => {
  expect(JSON.stringify(maskPlan(mpWorker, { LEADER: 'm-0.m.prod' }))).toContain('m-0.m.prod');
});
