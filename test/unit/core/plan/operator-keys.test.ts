import { describe, expect, test } from 'vitest';

import { keysSeen } from '#core/plan/operator-keys.ts';

import type { LaunchPlan } from '#core/plan/plan.ts';

import type { Launch } from './plan-for.ts';
import { leaderPlan, planFor, rayFacts } from './plan-for.ts';

const backend = 'nvidia.com/vllm-distributed-executor-backend';
const origin = 'nvidia.com/dynamo-operator-origin-version';
const operator = 'nvidia.com/dynamo-operator-version';

test.each([
  [{}, [], [backend, origin, operator]],
  [{ [origin]: '1.0.0' }, [origin], [backend, operator]],
  [{ [operator]: '1.0.0', [backend]: '' }, [operator], [backend, origin]],
  [{ [operator]: '1', [backend]: 'mp', [origin]: 'x' }, [backend, origin, operator], []],
])('of %j are seen %j and not seen %j', (values, seen, unseen) => expect(keysSeen(values)).toEqual({ seen, unseen }));

describe('a pod of a Dynamo deployment that shows none of them', () => {
  const env = { DYN_PARENT_DGD_K8S_NAME: 'd' };
  const warnings = (launch: Launch, plan: (launch: Launch) => LaunchPlan = leaderPlan) =>
    plan({ facts: rayFacts, ...launch })
      .document.warnings.filter(({ code }) => code === 'operator-keys-unseen')
      .map(({ message }) => message);
  const none = `this pod of a Dynamo deployment shows none of ${backend}, ${origin}, ${operator}`;

  test('is warned of, with what to mount or to set', () => {
    expect(warnings({ env })).toEqual([
      `${none}: its annotations are not mounted; mount them with a downward API volume at /etc/podinfo`,
    ]);
    const shown = `${none} (/etc/podinfo): the operator takes the version off the pods of Deployments and LWS; set the first on the deployment, or stamp the pod templates too`;
    expect(warnings({ env, annotations: {} })).toEqual([shown]);
    expect(warnings({ labels: { 'nvidia.com/dynamo-component': 'x' } })).toEqual([shown]);
    expect(warnings({ env: { ...env, DYNAMO_RANK: '0' }, annotations: {} })).toEqual([shown]);
  });

  test.each<readonly [string, Launch]>([
    ['it shows one', { env, annotations: { [operator]: '0.9.0' } }],
    ['the user chose', { env, options: { executor: 'mp' } }],
    ['it is no pod of a Dynamo deployment', { annotations: {} }],
  ])('is not warned of where %s', (_, launch) => expect(warnings(launch)).toEqual([]));

  test('is not warned of where no backend is needed', () => expect(warnings({ env }, planFor)).toEqual([]));
});
