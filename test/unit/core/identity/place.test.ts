import { describe, expect, test } from 'vitest';

import { dynamo, lws, who } from './who.ts';

describe('a leader that is no host', () => {
  test.each([
    ['DYNAMO_LEADER_ADDRESS', '$(LWS_LEADER_ADDRESS)', '"$(LWS_LEADER_ADDRESS)"'],
    ['LWS_LEADER_ADDRESS', 'a b', '"a b"'],
    ['LWS_LEADER_ADDRESS', 'a:9441', '"a:9441"'],
  ])('%s=%s is refused', (name, value, shown) => {
    const { problems } = who({ env: { ...dynamo(1, 'x'), ...lws(1, 2), [name]: value } });
    expect(problems).toEqual([
      {
        name: 'config',
        message: `cannot use the leader ${shown} of ${name}: it is no host name or address`,
        hint: `correct ${name}`,
      },
    ]);
  });

  test('no value of a variable breaks a line or fills a page', () => {
    const env = { ...lws(1, 2), LWS_LEADER_ADDRESS: `x\n${'y'.repeat(5_000)}` };
    const [row] = who({ env, options: { nnodes: 2, 'node-rank': 1, leader: 'n0' } }).identity.claims.slice(1);
    expect(row?.why).toMatch(/LWS_LEADER_ADDRESS="x\\ny{118}"\.\.\.\)$/);
    expect(row?.why.length).toBeLessThan(500);
  });
});

describe('a host that stands elsewhere in the list of members', () => {
  const refusal = (rank: number, hostname: string) => who({ env: lws(rank, 3), facts: { hostname } }).problems;

  test('is refused', () => {
    const evidence = 'lws: LWS_WORKER_INDEX=1 LWS_GROUP_SIZE=3 LWS_LEADER_ADDRESS=vllm-0.vllm.ns';
    expect(refusal(1, 'vllm-0-2')).toEqual([
      {
        name: 'config',
        message: `cannot use rank 1 (${evidence}): this host is vllm-0-2.vllm.ns, which has rank 2`,
        hint: 'correct it, or give --node-rank',
      },
    ]);
    expect(refusal(1, 'vllm-0')).toHaveLength(1);
  });

  test.each([
    ['its own place', 'vllm-0-1'],
    ['no place: the network of the node', 'node-7'],
  ])('%s is fine', (_, hostname) => expect(refusal(1, hostname)).toEqual([]));

  test('the rank of an option is not doubted, nor a list of another length', () => {
    const facts = { hostname: 'vllm-0-2' };
    expect(who({ env: lws(1, 3), options: { 'node-rank': 1 }, facts }).problems).toEqual([]);
    expect(who({ env: lws(1, 3), options: { nnodes: 4 }, facts }).problems).toEqual([]);
  });

  test('a host that is there twice may have either rank', () => {
    const env = { VC_TASK_INDEX: '1', VC_W_NUM: '2', VC_W_HOSTS: 'n1,n1' };
    expect(who({ env, options: { 'trust-source': ['volcano'] } }).problems).toEqual([]);
  });
});

describe('a group of one', () => {
  test('has no rank and no leader for the larger one that --nnodes names', () => {
    const { problems, identity } = who({ env: lws(0, 1), options: { nnodes: 2 } });
    expect(problems).toMatchObject([{ name: 'config', hint: 'give --node-rank R and --leader HOST[:PORT]' }]);
    expect(identity).toMatchObject({ rank: null, size: 2, leader: null });
    expect(who({ env: lws(0, 1), options: { nnodes: 1 } }).identity.role).toBe('single');
  });
});
