// The migration matrix on a real API server, with kubectl and the configuration of docker/manifests: VLLM_LAUNCH_KUBERNETES is the folder that
// scripts/kubernetes prints.
import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { alpha, beta, stampKey } from '../unit/core/webhook/ask.ts';
import type { Json } from '../unit/core/webhook/ask.ts';

import { startKubernetes } from './support/kubernetes.ts';
import { endAll } from './support/start.ts';
import { allVersions, planIn, scenarios, startWebhook, storedBy, titleOf } from './support/webhook.ts';
import type { Admit, Make, Scenario } from './support/webhook.ts';

const binaries = process.env['VLLM_LAUNCH_KUBERNETES'] ?? '';
const manifests = 'docker/manifests/webhook';

type Stored = { readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> } };

let cluster: Awaited<ReturnType<typeof startKubernetes>>;
const webhooks = new Map<string, Awaited<ReturnType<typeof startWebhook>>>();

const makers = [
  ['v1alpha1', alpha],
  ['v1beta1', beta],
] as const;

const version = (name: string, storage: boolean) => ({
  name,
  served: true,
  storage,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  },
});

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'dynamographdeployments.nvidia.com' },
  spec: {
    group: 'nvidia.com',
    scope: 'Namespaced',
    names: {
      plural: 'dynamographdeployments',
      singular: 'dynamographdeployment',
      kind: 'DynamoGraphDeployment',
      shortNames: ['dgd'],
    },
    versions: [version('v1alpha1', false), version('v1beta1', true)],
  },
};

const nameOf = (api: string, scenario: Scenario): string => `${api}-${scenarios.indexOf(scenario)}`;
const named =
  (make: Make, name: string): Make =>
  (annotations) => {
    const object = make(annotations) as { readonly metadata: object };
    return { ...object, metadata: { ...object.metadata, name } } as Json;
  };

const create = async (object: Json, ...words: readonly string[]): Promise<Stored> =>
  JSON.parse(await cluster.kubectl(['create', '-f', '-', '-o', 'json', ...words], JSON.stringify(object))) as Stored;
const get = async (api: string, name: string): Promise<Json> =>
  JSON.parse(await cluster.kubectl(['get', `dynamographdeployments.${api}.nvidia.com`, name, '-o', 'json'])) as Json;

/** Points the configuration of our manifests to the webhook of a version and waits until the API server asks it. */
async function use(operator: string): Promise<void> {
  const webhook = webhooks.get(operator);
  const configurations = parseAllDocuments(readFileSync(`${manifests}/configuration.yaml`, 'utf8')).map((document) => {
    const {
      metadata,
      webhooks: [only],
      ...rest
    } = document.toJS() as { metadata: object; webhooks: [{ clientConfig: { service: { path: string } } }] };
    const url = `https://localhost:${webhook?.port}${only.clientConfig.service.path}`;
    const caBundle = Buffer.from(webhook?.ca ?? '').toString('base64');
    return {
      ...rest,
      metadata: { ...metadata, annotations: {} },
      webhooks: [{ ...only, clientConfig: { url, caBundle } }],
    };
  });
  await cluster.kubectl(
    ['apply', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: configurations }),
  );
  const stampNow = async () =>
    (await create(named(alpha, 'probe')({}), '--dry-run=server').catch(() => null))?.metadata.annotations?.[stampKey];
  for (let tries = 0; (await stampNow()) !== operator; tries += 1) {
    if (tries > 100) throw new Error(`the webhook of ${operator} is not asked`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const refusal =
  /admission webhook "check\.vllm-launch\.nvidia\.com" denied the request: cannot accept DynamoGraphDeployment default\//;

const admit: Admit = async (operator, operation, object) => {
  await use(operator);
  const words = [operation === 'CREATE' ? 'create' : 'replace', '-f', '-', '-o', 'json'];
  try {
    return JSON.parse(await cluster.kubectl(words, JSON.stringify(object))) as Json;
  } catch (error) {
    expect((error as Error).message).toMatch(refusal);
    return null;
  }
};

describe.skipIf(binaries === '')('a real API server (VLLM_LAUNCH_KUBERNETES of scripts/kubernetes)', () => {
  beforeAll(async () => {
    cluster = await startKubernetes(binaries);
    await cluster.kubectl(['create', '-f', '-'], JSON.stringify(definition));
    await cluster.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    for (const [api, make] of makers)
      for (const scenario of scenarios.filter(({ old }) => old !== undefined))
        await create(named(make, nameOf(api, scenario))(scenario.old ?? {}));
    for (const operator of allVersions) webhooks.set(operator, await startWebhook(operator));
  }, 300_000);
  afterAll(async () => {
    for (const { close } of webhooks.values()) close();
    await cluster.stop();
    endAll();
  });

  for (const [api, make] of makers)
    for (const scenario of scenarios) {
      test(`${api}: ${titleOf(scenario)}`, async () => {
        const name = nameOf(api, scenario);
        const first = scenario.old === undefined ? null : await get(api, name);
        const object = await storedBy(admit, first === null ? named(make, name) : () => first, scenario);
        if (scenario.refused === true) return expect(object).toBe(null);
        expect(await planIn(await get(api, name))).toMatchObject({ executor: scenario.executor, rule: scenario.rule });
      });
    }

  test('a dry run is stamped and stores nothing', async () => {
    await use('0.9.0');
    const said = await create(named(alpha, 'dry')({}), '--dry-run=server');
    expect(said.metadata.annotations).toEqual({ [stampKey]: '0.9.0' });
    await expect(get('v1alpha1', 'dry')).rejects.toThrow(/not found/);
  });

  test('a deployment that cannot be read is denied with our message', async () => {
    const odd = { ...(alpha() as object), metadata: { name: 'odd' }, spec: { services: { a: 'x' } } };
    await expect(create(odd)).rejects.toThrow(
      /stamp\.vllm-launch\.nvidia\.com" denied the request: cannot judge this request: .*at "a"/,
    );
  });

  test('the manifests are what this API server takes', async () => {
    for (const file of ['deployment', 'configuration'])
      for (const document of parseAllDocuments(readFileSync(`${manifests}/${file}.yaml`, 'utf8'), { merge: true }))
        if ((document.toJS() as { kind: string }).kind === 'Namespace')
          await cluster.kubectl(['apply', '-f', '-'], document.toString());
    await cluster.kubectl(['apply', '--validate=strict', '--dry-run=server', '-f', `${manifests}/deployment.yaml`]);
    await cluster.kubectl(['apply', '--validate=strict', '--dry-run=server', '-f', `${manifests}/configuration.yaml`]);
  });

  test('without a webhook nothing is created or changed, what is there can be deleted', async () => {
    await use('0.9.0');
    await create(named(alpha, 'left')({}));
    webhooks.get('0.9.0')?.signal('SIGTERM');
    await webhooks.get('0.9.0')?.ended();
    await expect(create(named(alpha, 'none')({}))).rejects.toThrow(/failed calling webhook "stamp\.vllm-launch/);
    await expect(cluster.kubectl(['annotate', 'dgd', 'left', 'a=b'])).rejects.toThrow(
      /failed calling webhook "check\.vllm-launch/,
    );
    await cluster.kubectl(['delete', 'dgd', 'left']);
  });
});
