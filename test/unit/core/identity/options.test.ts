import { describe, expect, test } from 'vitest';

import { lws, who } from './who.ts';

const numbers = { nnodes: 2, 'node-rank': 1, leader: 'n1' };

describe('options', () => {
  test('decide by themselves', () => {
    expect(who({ options: { ...numbers, group: 'g' } })).toEqual({
      identity: {
        source: 'options',
        role: 'worker',
        rank: 1,
        size: 2,
        leader: { host: 'n1', port: 9441, via: '--leader' },
        group: 'g',
        generation: null,
        nodes: null,
        claims: [
          {
            source: 'options',
            complete: true,
            used: true,
            why: 'gives rank 1, size 2, leader n1 (--nnodes=2 --node-rank=1 --leader=n1 --group=g)',
          },
        ],
      },
      warnings: [],
      problems: [],
    });
  });

  test.each([
    ['n1:9500', { host: 'n1', port: 9500 }],
    ['[::2]:9500', { host: '::2', port: 9500 }],
    ['::2', { host: '::2', port: 9441 }],
  ])('--leader %s', (leader, expected) => {
    expect(who({ options: { ...numbers, leader } }).identity.leader).toEqual({ ...expected, via: '--leader' });
  });

  test('the group port is --group-port where --leader names none', () => {
    expect(who({ options: { ...numbers, 'group-port': 7 } }).identity.leader?.port).toBe(7);
  });

  test.each(['', 'http://n1', 'n1:0'])('--leader %j is a usage problem', (leader) => {
    const { problems, identity } = who({ options: { ...numbers, leader } });
    expect(problems).toEqual([
      {
        name: 'usage',
        message: `cannot use --leader ${JSON.stringify(leader)}: it is not HOST or HOST:PORT`,
        hint: 'write --leader HOST[:PORT], an IPv6 address in brackets',
      },
    ]);
    expect(identity).toMatchObject({ source: null, role: null, rank: 1, size: 2, leader: null });
  });

  test.each([
    ['--node-rank', { 'node-rank': -1 }, 'cannot use the rank "-1" of --node-rank: it is less than 0'],
    ['--node-rank', { 'node-rank': 1.5 }, 'cannot use the rank "1.5" of --node-rank: it is not a whole number'],
    ['--nnodes', { nnodes: 0 }, 'cannot use the number of nodes "0" of --nnodes: it is less than 1'],
  ])('%s out of range is refused', (option, wrong, message) => {
    expect(who({ options: { ...numbers, ...wrong } }).problems).toEqual([
      { name: 'config', message, hint: `correct ${option}` },
    ]);
  });

  test.each([
    [{ 'node-rank': 2 }, 2],
    [{ 'node-rank': 3 }, 3],
  ])('a rank beyond the size is refused with both (%j)', (wrong, rank) => {
    const { identity, problems } = who({ options: { ...numbers, ...wrong } });
    const evidence = `options: --nnodes=2 --node-rank=${rank} --leader=n1`;
    expect(problems).toEqual([
      {
        name: 'config',
        message: `cannot use rank ${rank} (${evidence}): size 2 (${evidence}) has ranks 0 to 1`,
        hint: 'correct one of them, or give --node-rank and --nnodes',
      },
    ]);
    expect(identity).toMatchObject({ source: 'options', role: null, rank, size: 2 });
  });

  test('one node needs no rank and no leader, and has no other rank than 0', () => {
    expect(who({ options: { nnodes: 1 } }).identity).toMatchObject({
      source: 'options',
      role: 'single',
      rank: 0,
      size: 1,
      leader: null,
    });
    expect(who({ options: { nnodes: 1, 'node-rank': 1 } }).problems).toMatchObject([{ name: 'config' }]);
  });

  test.each([
    ['no leader, which the others must dial', { nnodes: 2, 'node-rank': 0 }, 'the leader', '--leader HOST[:PORT]'],
    ['no rank', { nnodes: 2, leader: 'n1' }, 'the rank', '--node-rank R'],
    ['no size', { 'node-rank': 1, leader: 'x' }, 'the size', '--nnodes N'],
    ['a size alone', { nnodes: 2 }, 'the rank and leader', '--node-rank R and --leader HOST[:PORT]'],
    ['a rank above 0 alone', { 'node-rank': 1 }, 'the size and leader', '--nnodes N and --leader HOST[:PORT]'],
    ['a leader elsewhere alone', { leader: 'x' }, 'the rank and size', '--node-rank R and --nnodes N'],
  ])('%s is refused with the option that gives it', (_, options, missing, remedy) => {
    const { problems, identity } = who({ options });
    expect(problems).toHaveLength(1);
    expect(problems).toMatchObject([{ name: 'config', hint: `give ${remedy}` }]);
    expect(problems[0]?.message).toMatch(
      new RegExp(`^cannot tell this node's place in its group: options says .*, but nothing says ${missing}$`),
    );
    expect([identity.role, identity.source]).toEqual([null, null]);
  });

  test('nothing said at all is one node, without a word', () => {
    expect(who({})).toEqual({
      identity: {
        source: null,
        role: 'single',
        rank: 0,
        size: 1,
        leader: null,
        group: null,
        generation: null,
        nodes: null,
        claims: [],
      },
      warnings: [],
      problems: [],
    });
  });

  test.each([{ 'node-rank': 0 }, { leader: 'n1' }, { leader: 'localhost' }])(
    '%j alone proves nothing: one node, with a warning',
    (options) => {
      const { identity, warnings, problems } = who({ options });
      expect([identity.role, identity.leader, problems]).toEqual(['single', null, []]);
      expect(warnings).toMatchObject([
        { code: 'identity-incomplete', message: expect.stringContaining('options says') },
      ]);
    },
  );

  test('a group name alone is no identity and no reason to warn', () => {
    const { identity, warnings } = who({ options: { group: 'g' } });
    expect(identity).toMatchObject({
      group: 'g',
      role: 'single',
      claims: [{ source: 'options', used: false, complete: false }],
    });
    expect(warnings).toEqual([]);
  });

  test('beat every host system field by field, whose malformed values are then only told', () => {
    const labels = { 'leaderworkerset.sigs.k8s.io/name': 'vllm', 'leaderworkerset.sigs.k8s.io/group-index': '4' };
    const { identity, warnings, problems } = who({
      options: numbers,
      env: { ...lws(0, 4), LWS_GROUP_SIZE: 'x' },
      labels,
    });
    expect(identity).toMatchObject({ source: 'options', rank: 1, size: 2, group: 'vllm-4', leader: { host: 'n1' } });
    expect(problems).toEqual([]);
    const message = 'cannot use the number of nodes "x" of LWS_GROUP_SIZE: it is not a whole number';
    expect(warnings).toEqual([
      { code: 'source-ignored', message: `${message} (the options decide, so lws is not needed)` },
    ]);
    expect(identity.claims[1]).toMatchObject({ source: 'lws', used: false, why: expect.stringContaining(message) });
  });

  test('--group beats the labels', () => {
    const labels = { 'leaderworkerset.sigs.k8s.io/name': 'vllm', 'leaderworkerset.sigs.k8s.io/group-index': '4' };
    expect(who({ options: { group: 'mine' }, env: lws(0, 2), labels }).identity.group).toBe('mine');
  });

  test('settle one field and leave the rest to the host system', () => {
    const { identity, problems, warnings } = who({ options: { leader: '10.0.0.1:9500' }, env: lws(1, 2) });
    expect(identity).toMatchObject({
      source: 'lws + options',
      rank: 1,
      size: 2,
      leader: { host: '10.0.0.1', port: 9500, via: '--leader' },
    });
    expect([problems, warnings]).toEqual([[], []]);
    expect(identity.claims.map(({ source, used, why }) => [source, used, why.split(' (')[0]])).toEqual([
      ['options', true, 'gives leader 10.0.0.1'],
      ['lws', true, 'gives rank 1, size 2'],
    ]);
  });

  test('say what a host system says otherwise', () => {
    const { identity } = who({ options: numbers, env: lws(0, 2, 'n1') });
    expect(identity.claims[1]?.why).toMatch(/^the options decide; differs: rank 0 \(LWS_/);
    const same = who({ options: numbers, env: lws(1, 2, 'n1') });
    expect(same.identity.claims[1]?.why).toMatch(/^the options decide; adds nothing to it \(LWS_/);
  });
});

describe('a leader that nobody else reaches', () => {
  test.each(['localhost', '127.0.0.1:9441', '0.0.0.0', '[::1]:9441', '::'])(
    '%s is refused with two nodes',
    (leader) => {
      const { problems, identity } = who({ options: { ...numbers, leader } });
      expect(problems).toMatchObject([
        {
          name: 'config',
          hint: 'give --leader with a name or address that every node reaches, or use vllm-launch local',
          message: expect.stringMatching(/^cannot use leader .*: the other nodes cannot reach it$/),
        },
      ]);
      expect(identity.role).toBeNull();
    },
  );

  test('is fine for one node, and for local', () => {
    expect(who({ options: { nnodes: 1, leader: 'localhost' } }).problems).toEqual([]);
    expect(who({ options: { ...numbers, leader: '127.0.0.1:7', 'local-group': 'l' } })).toMatchObject({
      identity: {
        source: 'local',
        role: 'worker',
        group: 'l',
        leader: { host: '127.0.0.1', port: 7 },
        claims: [{ source: 'local' }],
      },
      problems: [],
    });
  });

  test('a --group name counts for local too', () => {
    expect(who({ options: { ...numbers, 'local-group': 'l', group: 'g' } }).identity.group).toBe('g');
  });

  test('is refused from a host system too', () => {
    expect(who({ env: lws(1, 2, 'localhost') }).problems).toMatchObject([
      { name: 'config', message: expect.stringContaining('LWS_LEADER_ADDRESS=localhost') },
    ]);
  });
});

test('names by rank are only given where there is one for each rank', () => {
  expect(who({ options: { nnodes: 3 }, env: lws(1, 2) }).identity).toMatchObject({ size: 3, nodes: null });
});

test('what a list says otherwise than local is warned of', () => {
  const options = { ...numbers, hosts: ['n1', 'n2'], 'local-group': 'l' };
  expect(who({ options }).warnings).toMatchObject([{ code: 'rank-differs' }]);
});

test('a claim without a value has its name and nothing else to show', () => {
  expect(who({ options: { 'local-group': 'l' } }).identity.claims).toEqual([
    {
      source: 'local',
      complete: false,
      used: false,
      why: 'says no rank, size or leader; nothing proves that there is a second node',
    },
  ]);
});
