// The manifests of the webhook say what README promises and fit the program: options, paths, port.
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { quickWords } from '#cli/quick.ts';
import { reviewPaths } from '#core/webhook/answer.ts';
import { optionTable } from '#core/options.ts';

type Manifest = { kind: string; metadata: { name: string; namespace?: string }; [key: string]: unknown };

const folder = 'docker/manifests/webhook';
const manifests = ['deployment', 'certificate', 'configuration'].flatMap((name) =>
  parseAllDocuments(readFileSync(`${folder}/${name}.yaml`, 'utf8'), { merge: true }).map(
    (document) => document.toJS() as Manifest,
  ),
);
const all = (kind: string): readonly Manifest[] => manifests.filter((each) => each.kind === kind);
const one = (kind: string): Manifest => all(kind)[0] ?? expect.fail(`no ${kind}`);

const pod = {
  serviceAccountName: 'vllm-launch-webhook',
  automountServiceAccountToken: false,
  enableServiceLinks: false,
};

test('two replicas, one of which always stays, without a token', () => {
  expect(one('Deployment')).toMatchObject({ spec: { replicas: 2, template: { spec: pod } } });
  expect(one('PodDisruptionBudget')).toMatchObject({ spec: { minAvailable: 1 } });
  expect(one('ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
  expect(all('ClusterRoleBinding').concat(all('RoleBinding'))).toEqual([]);
});

test('the container is started with words that the program understands, on its own port, with the mounted certificate', async () => {
  const { spec } = one('Deployment') as unknown as {
    spec: { template: { spec: { containers: { args: string[]; ports: { containerPort: number }[] }[] } } };
  };
  const [container] = spec.template.spec.containers;
  const { parseWords } = await import('#cli/parse.ts');
  const parsed = quickWords(container?.args ?? [], {}) ?? (await parseWords(container?.args ?? [], {}));
  expect(parsed).toMatchObject({ kind: 'command', command: { kind: 'webhook', options: { cert: '/tls/tls.crt' } } });
  expect(container?.ports).toEqual([{ name: 'https', containerPort: optionTable['https-port'].default }]);
});

test.each(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'])(
  '%s fails closed and calls the Service',
  (kind) => {
    const [webhook] = (one(kind) as unknown as { webhooks: Record<string, unknown>[] }).webhooks;
    const operations = kind.startsWith('Mutating') ? ['CREATE'] : ['CREATE', 'UPDATE'];
    expect(webhook).toMatchObject({
      failurePolicy: 'Fail',
      sideEffects: 'None',
      timeoutSeconds: 10,
      admissionReviewVersions: ['v1'],
      rules: [{ apiGroups: ['nvidia.com'], resources: ['dynamographdeployments'], operations }],
    });
    const service = (webhook as { clientConfig: { service: { name: string; namespace: string; path: string } } })
      .clientConfig.service;
    expect(one('Service').metadata).toEqual({ name: service.name, namespace: service.namespace });
    expect(reviewPaths).toContain(service.path);
    const names = all('Certificate').flatMap(
      (each) => (each as unknown as { spec: { dnsNames?: string[] } }).spec.dnsNames ?? [],
    );
    expect(names).toContain(`${service.name}.${service.namespace}.svc`);
  },
);

test('the price of failing closed is said where it is chosen', () => {
  expect(readFileSync(`${folder}/configuration.yaml`, 'utf8')).toMatch(/^# failurePolicy Fail, and its price: /m);
});
