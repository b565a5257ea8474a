import { describe, expect, test } from 'vitest';

import { readPodinfo } from '#core/identity/podinfo.ts';
import { isDynamoPod } from '#core/plan/decision.ts';
import type { EngineFlag } from '#core/plan/rule.ts';

import { bareFacts, withOptions } from '../bare-facts.ts';
import { choose, dynamoPod } from './choose.ts';

const override = 'nvidia.com/vllm-distributed-executor-backend';
const origin = 'nvidia.com/dynamo-operator-origin-version';
const stamped = 'nvidia.com/dynamo-operator-version';
const file = '/etc/podinfo/annotations';

const flag = (value: string): EngineFlag => ({ value, word: `--distributed-executor-backend ${value}` });

describe('rule 0: --executor', () => {
  test.each(['mp', 'ray'] as const)('%s beats every annotation', (executor) => {
    expect(
      choose({ options: { executor }, annotations: { [override]: 'mp', [origin]: '9.0.0' }, labels: dynamoPod }),
    ).toEqual({
      executor,
      rule: 'option',
      annotation: null,
      reason: `--executor ${executor} says so`,
      warnings: [],
      problems: [],
    });
  });

  test('beats an annotation that is not valid', () => {
    expect(choose({ options: { executor: 'ray' }, annotations: { [override]: 'x' } })).toMatchObject({
      executor: 'ray',
      problems: [],
    });
  });

  test.each(['ray', 'uni', 'external_launcher'])('is contradicted by the command that says %s', (value) => {
    const message = `cannot choose a backend: --executor mp, but the command says --distributed-executor-backend ${value} (${value})`;
    expect(choose({ options: { executor: 'mp' }, engineFlag: flag(value) })).toEqual({
      executor: null,
      rule: null,
      annotation: null,
      reason: message,
      warnings: [],
      problems: [{ name: 'config', message, hint: 'remove one of them, or make them equal' }],
    });
  });

  test('may be said by the command too', () => {
    expect(choose({ options: { executor: 'mp' }, engineFlag: flag('mp') })).toMatchObject({
      executor: 'mp',
      rule: 'option',
      problems: [],
    });
  });
});

describe('rule 1: the backend annotation', () => {
  test.each([
    ['mp', 'mp'],
    ['MP', 'mp'],
    ['ray', 'ray'],
    ['Ray', 'ray'],
  ])('%s beats the version', (value, executor) => {
    expect(
      choose({
        annotations: { [override]: value, [origin]: executor === 'mp' ? '0.1.0' : '2.0.0' },
        labels: dynamoPod,
      }),
    ).toEqual({
      executor,
      rule: 'override',
      annotation: { key: override, value },
      reason: `annotation ${override} is "${value}" (${file})`,
      warnings: [],
      problems: [],
    });
  });

  test.each(['invalid', 'multiprocessing', ' mp', 'mp ', 'mpx', 'uni', 'x'.repeat(300)])(
    '%j is refused with key, value, source and what is allowed',
    (value) => {
      const { executor, rule, problems } = choose({
        annotations: { [override]: value, [origin]: '1.0.0' },
        labels: dynamoPod,
      });
      const shown = value.length > 120 ? `"${'x'.repeat(120)}"...` : JSON.stringify(value);
      expect([executor, rule]).toEqual([null, null]);
      expect(problems).toEqual([
        {
          name: 'config',
          message: `cannot choose a backend: annotation ${override} is ${shown} (${file}), and only mp or ray are allowed`,
          hint: `set ${override} to mp or ray, remove it, or give --lenient-annotations to ignore it`,
        },
      ]);
    },
  );

  test('a refusal ends the questions: nothing is said of later rules', () => {
    expect(choose({ annotations: { [override]: 'x', [origin]: '' } })).toMatchObject({ executor: null, warnings: [] });
  });

  test('a value that is not valid falls through with a warning under --lenient-annotations', () => {
    expect(
      choose({ annotations: { [override]: 'x', [origin]: '1.0.0' }, options: { 'lenient-annotations': true } }),
    ).toMatchObject({
      executor: 'mp',
      rule: 'origin-version',
      warnings: [
        { code: 'annotation-invalid', message: `annotation ${override} is "x" (${file}), not mp or ray: ignored` },
      ],
      problems: [],
    });
  });

  test('present and empty is absent, with a warning', () => {
    expect(choose({ annotations: { [override]: '' } })).toMatchObject({
      executor: 'mp',
      rule: 'default',
      warnings: [{ code: 'annotation-empty', message: `annotation ${override} is "" (${file}): taken as absent` }],
      problems: [],
    });
  });

  test('that is not there is not warned of', () => expect(choose({}).warnings).toEqual([]));

  test('names the variable it came from', () => {
    const options = { 'annotation-env': [`${override}=BACKEND`] };
    expect(choose({ options, env: { BACKEND: 'mp' } })).toMatchObject({
      rule: 'override',
      reason: `annotation ${override} is "mp" (variable BACKEND)`,
    });
  });

  test('is contradicted by the command', () => {
    const { problems } = choose({ annotations: { [override]: 'MP' }, engineFlag: flag('ray') });
    expect(problems).toMatchObject([
      {
        name: 'config',
        message: `cannot choose a backend: annotation ${override} is "MP" (${file}), but the command says --distributed-executor-backend ray (ray)`,
      },
    ]);
    expect(choose({ annotations: { [override]: 'MP' }, engineFlag: flag('mp') })).toMatchObject({
      executor: 'mp',
      problems: [],
    });
  });
});

describe("rule 2: the command's own flag", () => {
  test.each(['mp', 'ray'])('%s beats the version', (value) => {
    expect(choose({ engineFlag: flag(value), annotations: { [origin]: value === 'mp' ? '0.1.0' : '2.0.0' } })).toEqual({
      executor: value,
      rule: 'engine-flag',
      annotation: null,
      reason: `the command says --distributed-executor-backend ${value} (${value})`,
      warnings: [],
      problems: [],
    });
  });

  test.each(['uni', 'MP', 'external_launcher'])('%s is no choice between the two', (value) => {
    expect(choose({ engineFlag: flag(value) })).toMatchObject({ executor: 'mp', rule: 'default' });
  });
});

describe('rule 3: the operator version', () => {
  test.each([
    [origin, '1.0.0', 'mp', 'origin-version', 'mp from 1.0.0 on'],
    [origin, '0.9.9', 'ray', 'origin-version', 'ray before 1.0.0'],
    [stamped, '0.9.0', 'mp', 'operator-version', 'mp from 0.9.0 on'],
    [stamped, '0.8.9', 'ray', 'operator-version', 'ray before 0.9.0'],
    [stamped, '0.9.0-rc.1', 'ray', 'operator-version', 'ray before 0.9.0'],
  ])('%s %s is %s', (key, value, executor, rule, because) => {
    expect(choose({ annotations: { [key]: value } })).toEqual({
      executor,
      rule,
      annotation: { key, value },
      reason: `annotation ${key} is "${value}" (${file}): ${because}`,
      warnings: [],
      problems: [],
    });
  });

  test('the origin version wins where both are there', () => {
    expect(choose({ annotations: { [stamped]: '0.9.0', [origin]: '0.9.0' } })).toMatchObject({
      executor: 'ray',
      rule: 'origin-version',
    });
    expect(choose({ annotations: { [stamped]: '0.1.0', [origin]: '1.0.0' } })).toMatchObject({
      executor: 'mp',
      rule: 'origin-version',
    });
  });

  test('an empty origin version leaves it to the other, with a warning', () => {
    expect(choose({ annotations: { [stamped]: '0.9.0', [origin]: '' } })).toMatchObject({
      executor: 'mp',
      rule: 'operator-version',
      warnings: [{ code: 'annotation-empty' }],
    });
  });

  test('two empty ones are two warnings, and a Dynamo pod all the same', () => {
    const { executor, rule, warnings } = choose({ annotations: { [stamped]: '', [origin]: '' } });
    expect([executor, rule, warnings.length]).toEqual(['ray', 'legacy', 2]);
  });

  test.each(['latest', '1.2.0.dev1', '1.0.0rc1', 'V1.0.0'])(
    '%s is no version: ray, with a warning, even beside a good one',
    (value) => {
      const reason = `annotation ${origin} is "${value}" (${file}), which is no version to the operator`;
      expect(choose({ annotations: { [origin]: value, [stamped]: '2.0.0' } })).toEqual({
        executor: 'ray',
        rule: 'origin-version',
        annotation: { key: origin, value },
        reason,
        warnings: [
          { code: 'version-unparsable', message: `${reason}: ray is used; correct it or set the backend annotation` },
        ],
        problems: [],
      });
    },
  );

  test('each threshold is its own option', () => {
    const options = { 'mp-from-origin-version': '2.0', 'mp-from-operator-version': 'v0.5.0' };
    expect(choose({ options, annotations: { [origin]: '1.9.9' } })).toMatchObject({
      executor: 'ray',
      reason: expect.stringContaining('ray before 2.0'),
    });
    expect(choose({ options, annotations: { [origin]: '2.0.0' } }).executor).toBe('mp');
    expect(choose({ options, annotations: { [stamped]: '0.5.0' } }).executor).toBe('mp');
  });

  test.each(['mp-from-origin-version', 'mp-from-operator-version'] as const)(
    '--%s that is no version is a usage problem, whatever decides',
    (name) => {
      expect(choose({ options: { [name]: 'latest', executor: 'mp' } })).toMatchObject({
        executor: null,
        rule: null,
        problems: [
          {
            name: 'usage',
            message: `cannot use --${name} "latest": it is no version`,
            hint: 'write a version such as 1.0.0',
          },
        ],
      });
    },
  );
});

describe('rule 4: no version', () => {
  test('outside Dynamo is mp', () => {
    expect(
      choose({
        env: { DYN_NAMESPACE: 'x', DYNAMO_RANK: '1', GROVE_PCS_NAME: 'x' },
        annotations: { 'nvidia.com/dynamo': '1' },
      }),
    ).toEqual({
      executor: 'mp',
      rule: 'default',
      annotation: null,
      reason: 'this is no pod of a Dynamo deployment, so mp',
      warnings: [],
      problems: [],
    });
  });

  test.each([
    ['a label', { labels: dynamoPod }],
    ['an annotation', { annotations: { 'nvidia.com/dynamo-discovery-backend': 'etcd' } }],
    ['the variable', { env: { DYN_PARENT_DGD_K8S_NAME: 'app' } }],
  ])('in a Dynamo pod, told by %s, is from before the upgrade: ray', (_, pod) => {
    expect(choose(pod)).toEqual({
      executor: 'ray',
      rule: 'legacy',
      annotation: null,
      reason: 'a pod of a Dynamo deployment without an operator version is from before the upgrade, so ray',
      warnings: [],
      problems: [],
    });
  });

  test.each(['DYNAMO_RANK', 'DYNAMO_LEADER_ADDRESS'])('in a Dynamo pod with %s is 1.6.0 or newer: mp', (variable) => {
    expect(choose({ labels: dynamoPod, env: { [variable]: '0' } })).toEqual({
      executor: 'mp',
      rule: 'origin-version',
      annotation: null,
      reason: `${variable} is set, which operators do from 1.6.0 on: mp from 1.0.0 on`,
      warnings: [],
      problems: [],
    });
    expect(choose({ labels: dynamoPod, env: { [variable]: '' } }).rule).toBe('legacy');
  });

  test('1.6.0 is not mp where the threshold is above it', () => {
    const options = { 'mp-from-origin-version': '1.6.1' };
    expect(choose({ options, labels: dynamoPod, env: { DYNAMO_RANK: '0' } })).toMatchObject({
      executor: 'ray',
      rule: 'origin-version',
    });
  });

  test('an empty variable tells no Dynamo pod', () => {
    const podinfo = readPodinfo(bareFacts(), withOptions());
    expect(isDynamoPod(podinfo, { DYN_PARENT_DGD_K8S_NAME: '' })).toBe(false);
    expect(isDynamoPod(podinfo, { DYN_PARENT_DGD_K8S_NAME: 'app' })).toBe(true);
  });
});
