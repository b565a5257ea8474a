// The migration matrix of seeds/000 from end to end: the real webhook over TLS, the kubelet's files, `plan`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { alpha, beta, patched, patchOf, review } from '../unit/core/webhook/ask.ts';
import type { Answered, Json } from '../unit/core/webhook/ask.ts';

import { endAll } from './support/start.ts';
import { allVersions, planIn, scenarios, startWebhook, storedBy, titleOf } from './support/webhook.ts';
import type { Admit } from './support/webhook.ts';

type Webhook = Awaited<ReturnType<typeof startWebhook>>;
const webhooks = new Map<string, Webhook>();

beforeAll(async () => {
  for (const version of allVersions) webhooks.set(version, await startWebhook(version));
});
afterAll(() => {
  for (const { close } of webhooks.values()) close();
  endAll();
});

const admit: Admit = async (version, operation, object, oldObject) => {
  const send = async (path: string, asked: Json): Promise<Answered> => {
    const reply = await webhooks
      .get(version)
      ?.send(path, { body: JSON.stringify(review(operation, asked, oldObject)) });
    return { ...(JSON.parse(reply?.body ?? '{}') as Answered), status: reply?.status ?? 0 };
  };
  const mutated = await send('/mutate', object);
  expect(mutated).toMatchObject({ status: 200, response: { allowed: true } });
  const after = patched(object, patchOf(mutated));
  const validated = await send('/validate', after);
  expect(validated.status).toBe(200);
  return validated.response.allowed ? after : null;
};

describe.each([
  ['v1alpha1', alpha],
  ['v1beta1', beta],
] as const)('a deployment of %s', (_, make) => {
  for (const scenario of scenarios) {
    test(titleOf(scenario), async () => {
      const object = await storedBy(admit, make, scenario);
      if (scenario.refused === true) return expect(object).toBe(null);
      if (object === null) throw new Error('the webhook refused it');
      expect(await planIn(object)).toMatchObject({ executor: scenario.executor, rule: scenario.rule });
    });
  }
});
