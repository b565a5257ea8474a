import { expect, test } from 'vitest';

import { dynamoWorker, elastic, elasticAlone, elasticLeader, elasticWorker, leaderHost, messages } from './plan-for.ts';

const apart = [{ 'no-group': true }, { fate: 'apart' }] as const;

test.each(apart)("without the link an agent of elastic-ep asks the leader's engine before it joins: %j", (options) => {
  const plan = elasticWorker({ options });
  expect(messages(plan)).toEqual([]);
  expect(plan.leaderReadiness).toEqual([{ host: leaderHost, port: 8_000, path: '/health' }]);
  expect(plan.document.gates.map(({ kind, target }) => [kind, target])).toEqual([
    ['dns', leaderHost],
    ['http', `http://${leaderHost}:8000/health`],
    ['ray-nodes', `${leaderHost}:6379`],
  ]);
});

test.each<[Readonly<Record<string, string>>, string]>([
  [{}, ':9090/live'],
  [{ DYN_SYSTEM_PORT: '9191', DYN_SYSTEM_LIVE_PATH: '/alive' }, ':9191/alive'],
])("of Dynamo's engine its system port is asked whether it lives: %j", (env, where) => {
  const words = dynamoWorker(...elastic('-dp', '2').slice(3));
  const { leaderReadiness } = elasticWorker({ words, env, options: { 'no-group': true } });
  expect(leaderReadiness.map(({ host, port, path }) => `${host}:${port}${path}`)).toEqual([`${leaderHost}${where}`]);
});

test('where the link tells, where there is no leader to ask, and at the leader itself nothing is asked', () => {
  const plans = [
    elasticWorker(),
    elasticWorker({ options: { fate: 'together' } }),
    ...apart.flatMap((options) => [elasticLeader({ options }), elasticAlone({ options })]),
  ];
  for (const plan of plans) {
    expect(messages(plan)).toEqual([]);
    expect(plan.leaderReadiness).toEqual([]);
  }
});
