import { describe, expect, test } from 'vitest';

import { dynamo, grove, lws, who } from './who.ts';

const groveLeader = 'app-0-decode-1-svc-ldr-0.app-0.ns.svc.cluster.local';

describe('sources complete each other over what both say', () => {
  test('Dynamo has the rank, LeaderWorkerSet the size', () => {
    const { identity, problems, warnings } = who({
      env: { ...dynamo(1, 'vllm-0.vllm.ns.svc.cluster.local'), ...lws(1, 3) },
    });
    expect([problems, warnings]).toEqual([[], []]);
    expect(identity).toMatchObject({
      source: 'dynamo + lws',
      rank: 1,
      size: 3,
      leader: { host: 'vllm-0.vllm.ns.svc.cluster.local', via: 'DYNAMO_LEADER_ADDRESS' },
      nodes: ['vllm-0.vllm.ns', 'vllm-0-1.vllm.ns', 'vllm-0-2.vllm.ns'],
    });
    expect(
      identity.claims.map(({ source, complete, used, why }) => [source, complete, used, why.split(' (')[0]]),
    ).toEqual([
      ['dynamo', false, true, 'gives rank 1, leader vllm-0.vllm.ns.svc.cluster.local'],
      ['lws', true, true, 'gives size 3'],
    ]);
  });

  test('Dynamo and Grove', () => {
    expect(who({ env: { ...dynamo(1, groveLeader), ...grove('svc-wkr', 0) } }).identity).toMatchObject({
      source: 'dynamo + grove',
      rank: 1,
      size: 2,
    });
  });

  test('two incomplete ones are enough', () => {
    const env = {
      ...dynamo(1, 'x'),
      DYNAMO_LEADER_ADDRESS: '',
      LWS_WORKER_INDEX: '1',
      LWS_GROUP_SIZE: '2',
      LWS_LEADER_ADDRESS: '',
    };
    expect(who({ env }).problems).toMatchObject([{ hint: 'give --leader HOST[:PORT]' }]);
    const more = { ...dynamo(1, 'a-0.svc'), LWS_WORKER_INDEX: '1', LWS_GROUP_SIZE: '2' };
    expect(who({ env: more }).identity).toMatchObject({
      source: 'dynamo + lws',
      rank: 1,
      size: 2,
      leader: { host: 'a-0.svc' },
    });
  });

  test('not over nothing: a rank of one and a size of another are no identity', () => {
    const env = { DYNAMO_RANK: '1', LWS_GROUP_SIZE: '2', LWS_LEADER_ADDRESS: 'vllm-0.vllm.ns' };
    const { problems, identity } = who({ env });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --nnodes N and --leader HOST[:PORT]' }]);
    expect(identity).toMatchObject({ role: null, rank: 1, size: null });
  });

  test('not against each other: one that differs is left out, with a warning', () => {
    const { identity, warnings, problems } = who({ env: { ...dynamo(2, 'vllm-0.vllm.ns'), ...lws(1, 3) } });
    expect([identity.source, identity.rank, problems]).toEqual(['lws', 1, []]);
    expect(warnings).toEqual([
      {
        code: 'source-disagrees',
        message:
          'dynamo says rank 2, leader vllm-0.vllm.ns (DYNAMO_RANK=2 DYNAMO_LEADER_ADDRESS=vllm-0.vllm.ns), but rank 1, size 3, leader vllm-0.vllm.ns by lws is used',
      },
    ]);
    expect(identity.claims[0]).toMatchObject({
      source: 'dynamo',
      used: false,
      why: expect.stringMatching(/^lws decides; differs: rank 2 \(/),
    });
  });

  test('what the user settles is no difference', () => {
    const { identity, warnings } = who({
      env: { ...dynamo(2, 'vllm-0.vllm.ns'), ...lws(1, 3) },
      options: { 'node-rank': 2 },
    });
    expect(identity).toMatchObject({ source: 'options + lws + dynamo', rank: 2, size: 3 });
    expect(warnings).toEqual([]);
  });
});

describe('two complete sources', () => {
  test('that agree: the first one decides', () => {
    const { identity, problems, warnings } = who({ env: { ...lws(1, 2, groveLeader), ...grove('svc-wkr', 0) } });
    expect([identity.source, problems, warnings]).toEqual(['lws', [], []]);
    expect(identity.claims[1]).toMatchObject({
      source: 'grove',
      complete: true,
      used: false,
      why: expect.stringMatching(/^lws decides; adds nothing to it \(GROVE_/),
    });
  });

  test.each([
    ['rank', lws(0, 2, groveLeader)],
    ['size', lws(1, 3, groveLeader)],
    ['leader', lws(1, 2, 'vllm-0.vllm.ns')],
  ])('that disagree on the %s are refused, both shown', (_, env) => {
    const { identity, problems } = who({ env: { ...env, ...grove('svc-wkr', 0) } });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({
      name: 'config',
      hint: 'correct one of them, or settle it with --nnodes, --node-rank and --leader',
    });
    expect(problems[0]?.message).toMatch(
      /^cannot tell which is true: lws says .*\(LWS_.*\), but grove says rank 1, size 2, leader .*\(GROVE_.*\)$/,
    );
    expect(identity).toMatchObject({ source: null, role: null, rank: null, size: null, leader: null });
    expect(identity.claims.map(({ used }) => used)).toEqual([false, false]);
  });

  test('that disagree are settled by the option for that field', () => {
    const { identity, problems } = who({
      env: { ...lws(1, 2, 'vllm-0.vllm.ns'), ...grove('svc-wkr', 0) },
      options: { leader: 'n9' },
    });
    expect([problems, identity.leader?.host]).toEqual([[], 'n9']);
  });

  test('a group of one against a group of two is a disagreement', () => {
    expect(who({ env: { LWS_GROUP_SIZE: '1', ...grove('svc-wkr', 0) } }).problems).toMatchObject([{ name: 'config' }]);
  });
});

describe('values that cannot be', () => {
  test.each([
    [{ LWS_WORKER_INDEX: 'x' }, 'cannot use the rank "x" of LWS_WORKER_INDEX: it is not a whole number'],
    [{ LWS_WORKER_INDEX: '-1' }, 'cannot use the rank "-1" of LWS_WORKER_INDEX: it is less than 0'],
    [{ LWS_GROUP_SIZE: '0' }, 'cannot use the number of nodes "0" of LWS_GROUP_SIZE: it is less than 1'],
    [{ DYNAMO_RANK: '1e3' }, 'cannot use the rank "1e3" of DYNAMO_RANK: it is not a whole number'],
    [
      { ...grove('svc-wkr', 0), GROVE_PCLQ_POD_INDEX: 'a' },
      'cannot use the pod index "a" of GROVE_PCLQ_POD_INDEX: it is not a whole number',
    ],
    [
      { ...grove('svc-wkr', 0), GROVE_PCSG_TEMPLATE_NUM_PODS: '?' },
      'cannot use the number of nodes "?" of GROVE_PCSG_TEMPLATE_NUM_PODS: it is not a whole number',
    ],
    [{ GROVE_PCLQ_POD_INDEX: 'z' }, 'cannot use the pod index "z" of GROVE_PCLQ_POD_INDEX: it is not a whole number'],
    [
      { ...grove('svc-wkr', 0), GROVE_PCSG_INDEX: '', GROVE_PCLQ_POD_INDEX: 'y' },
      'cannot use the pod index "y" of GROVE_PCLQ_POD_INDEX: it is not a whole number',
    ],
  ])('%j is refused with value and source', (env, message) => {
    const { problems, identity } = who({ env });
    expect(problems).toEqual([{ name: 'config', message, hint: `correct ${/of (\w+):/.exec(message)?.[1]}` }]);
    expect([identity.role, identity.source]).toEqual([null, null]);
  });

  test('stand beside a whole identity of another source, and are refused all the same', () => {
    const { problems, identity } = who({ env: { DYNAMO_RANK: 'x', ...lws(1, 2) } });
    expect(problems).toMatchObject([{ name: 'config', message: expect.stringContaining('DYNAMO_RANK') }]);
    expect(identity).toMatchObject({ source: 'lws', role: null, rank: 1, size: 2 });
  });

  test('stand beside a disagreement: both are told', () => {
    expect(who({ env: { DYNAMO_RANK: 'x', ...lws(0, 2), ...grove('svc-wkr', 0) } }).problems).toHaveLength(2);
  });

  test('a rank beyond the size', () => {
    const evidence = 'lws: LWS_WORKER_INDEX=2 LWS_GROUP_SIZE=2 LWS_LEADER_ADDRESS=vllm-0.vllm.ns';
    expect(who({ env: lws(2, 2) }).problems).toMatchObject([
      { name: 'config', message: `cannot use rank 2 (${evidence}): size 2 (${evidence}) has ranks 0 to 1` },
    ]);
  });
});

describe('a source that is not whole', () => {
  test.each([
    ['a size', { LWS_GROUP_SIZE: '2' }, 'give --node-rank R and --leader HOST[:PORT]', 'lws says size 2'],
    [
      'a leader elsewhere',
      { LWS_LEADER_ADDRESS: 'vllm-0.vllm.ns' },
      'give --node-rank R and --nnodes N',
      'lws says leader vllm-0.vllm.ns',
    ],
    ['a rank above 0', { DYNAMO_RANK: '1' }, 'give --nnodes N and --leader HOST[:PORT]', 'dynamo says rank 1'],
    [
      'a size, of one that comes later',
      { DYNAMO_RANK: '0', LWS_GROUP_SIZE: '2' },
      'give --nnodes N and --leader HOST[:PORT]',
      'lws says size 2',
    ],
  ])('with %s proves a group: refused', (_, env, hint, proof) => {
    const { problems } = who({ env });
    expect(problems).toMatchObject([{ name: 'config', hint }]);
    expect(problems[0]?.message).toContain(`: ${proof} (`);
  });

  test.each([{ LWS_WORKER_INDEX: '0' }, { LWS_LEADER_ADDRESS: 'n1.vllm.ns' }, { DYNAMO_RANK: '0' }])(
    '%j proves nothing: one node, with a warning that names it',
    (env) => {
      const { identity, warnings, problems } = who({ env });
      expect(problems).toEqual([]);
      expect(identity).toMatchObject({ source: null, role: 'single', rank: 0, size: 1, leader: null, nodes: null });
      const [name] = Object.keys(env);
      expect(warnings).toMatchObject([
        {
          code: 'identity-incomplete',
          message: expect.stringMatching(new RegExp(`${name}=.*this node runs alone; give --nnodes`)),
        },
      ]);
    },
  );

  test('the warning says what it knows and what to do', () => {
    expect(who({ env: { DYNAMO_RANK: '0' } }).warnings).toEqual([
      {
        code: 'identity-incomplete',
        message:
          'dynamo says rank 0 (DYNAMO_RANK=0), which is no whole identity: this node runs alone; give --nnodes, --node-rank and --leader if it is one of several',
      },
    ]);
  });

  test('every one of them is named', () => {
    const { warnings } = who({ env: { DYNAMO_RANK: '0', LWS_WORKER_INDEX: '0' }, options: { 'node-rank': 0 } });
    expect(warnings.map(({ message }) => message.split(' ')[0])).toEqual(['options', 'dynamo', 'lws']);
  });

  test('an empty variable is an absent one', () => {
    const env = {
      LWS_WORKER_INDEX: '',
      LWS_GROUP_SIZE: '',
      LWS_LEADER_ADDRESS: '',
      DYNAMO_RANK: '',
      DYNAMO_LEADER_ADDRESS: '',
      GROVE_PCSG_NAME: '',
    };
    expect(who({ env })).toMatchObject({ identity: { role: 'single', claims: [] }, warnings: [], problems: [] });
  });
});

describe('a source that numbers pods', () => {
  const alone = {
    GROVE_PCLQ_NAME: 'app-0-agg',
    GROVE_PCLQ_POD_INDEX: '3',
    GROVE_HEADLESS_SERVICE: 'app-0.ns.svc.cluster.local',
  };

  test('neither contradicts nor completes one of a group, also where the options make it whole', () => {
    for (const options of [{}, { nnodes: 4 }]) {
      const { identity, problems, warnings } = who({ env: { ...lws(1, 4), ...alone }, options });
      expect([identity.rank, identity.leader?.host, problems, warnings]).toEqual([1, 'vllm-0.vllm.ns', [], []]);
      expect(identity.claims.at(-1)).toMatchObject({
        source: 'grove',
        used: false,
        why: expect.stringContaining('decides; differs: rank 3, leader app-0-agg-0'),
      });
    }
  });

  test('lends no size or leader to a source of a group that says the same rank', () => {
    const { problems } = who({ env: { LWS_WORKER_INDEX: '3', LWS_GROUP_SIZE: '4', ...alone } });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --leader HOST[:PORT]' }]);
  });
});

test('the generation is that of the first source that knows one', () => {
  const labels = { 'leaderworkerset.sigs.k8s.io/template-revision-hash': 'r1', 'grove.io/pod-template-hash': 'h1' };
  expect(who({ env: { ...dynamo(1, 'vllm-0.vllm.ns'), ...lws(1, 2) }, labels }).identity.generation).toBe('r1');
});
