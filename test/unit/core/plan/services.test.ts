import { expect, test } from 'vitest';

import { dynamoWorker, leaderPlan, planFor, serve, warned, workerPlan } from './plan-for.ts';

const targets = (plan: ReturnType<typeof planFor>) =>
  plan.document.gates.flatMap(({ kind, target }) => (kind === 'service' ? [target] : []));
const worker = (env: Readonly<Record<string, string>>, ...words: readonly string[]) =>
  targets(planFor({ words: dynamoWorker(...words), env }));

const local = 'etcd://localhost:2379';

test.each([
  [worker({}), [local]],
  [worker({ ETCD_ENDPOINTS: 'http://a:1,b' }), ['etcd://a:1,b:2379']],
  [worker({ ETCD_ENDPOINTS: '[::1]:1' }), ['etcd://[::1]:1']],
  [worker({ DYN_DISCOVERY_BACKEND: 'kubernetes' }), []],
  [worker({ DYN_DISCOVERY_BACKEND: 'kubernetes' }, '--discovery-backend', 'etcd'), [local]],
  [worker({}, '--discovery-backend', 'file'), []],
  [worker({ DYN_STORE_KV: 'file' }), []],
  [worker({}, '--store-kv', 'file'), []],
  [worker({ DYN_DISCOVERY_BACKEND: 'mem', DYN_EVENT_PLANE: 'nats' }), ['nats://localhost:4222']],
  [worker({ DYN_DISCOVERY_BACKEND: 'mem', DYN_REQUEST_PLANE: 'nats' }), ['nats://localhost:4222']],
  [worker({ DYN_REQUEST_PLANE: 'nats' }, '--request-plane', 'tcp'), [local]],
  [worker({ NATS_SERVER: 'nats://u:p@n:1' }, '--event-plane=nats'), [local, 'nats://n:1']],
  [worker({}, '--headless'), []],
  [targets(planFor({ words: serve(), env: { ETCD_ENDPOINTS: 'a:1' } })), []],
  [targets(planFor({ words: dynamoWorker(), options: { rehearse: true } })), []],
  [targets(leaderPlan({ words: dynamoWorker('-tp', '16') })), [local]],
  [targets(workerPlan({ words: dynamoWorker('-tp', '16') })), []],
  [targets(workerPlan({ words: dynamoWorker() })), [local]],
])('%#: an engine that serves waits for what its planes stand on', (found, expected) =>
  expect(found).toEqual(expected),
);

test('a variable that names no place is warned of without its value, and nothing is waited for', () => {
  const plan = planFor({ words: dynamoWorker(), env: { ETCD_ENDPOINTS: 'me:secret@' } });
  expect(targets(plan)).toEqual([]);
  expect(warned(plan)).toContain('service-unknown');
  expect(JSON.stringify(plan.document.warnings)).not.toContain('secret');
});

test('of a long list the first sixteen are tried', () => {
  const [target = ''] = worker({ ETCD_ENDPOINTS: Array.from({ length: 40 }, (_, index) => `h${index}`).join(',') });
  expect(target.split(',')).toHaveLength(16);
});
