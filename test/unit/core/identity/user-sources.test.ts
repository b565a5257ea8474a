import { describe, expect, test } from 'vitest';

import { dynamo, lws, who } from './who.ts';

const here = {
  hostname: 'n2.lab',
  interfaces: [
    { name: 'lo', address: '127.0.0.1', internal: true },
    { name: 'eth0', address: '10.0.0.2', internal: false },
  ],
};
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
          { source: 'options', complete: true, used: true, why: 'gives rank 1, size 2, leader n1 (--nnodes=2 --node-rank=1 --leader=n1 --group=g)' },
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
    expect(who({ options: { ...numbers, ...wrong } }).problems).toEqual([{ name: 'config', message, hint: `correct ${option}` }]);
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
    expect(who({ options: { nnodes: 1 } }).identity).toMatchObject({ source: 'options', role: 'single', rank: 0, size: 1, leader: null });
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
    expect(problems[0]?.message).toMatch(new RegExp(`^cannot tell this node's place in its group: options says .*, but nothing says ${missing}$`));
    expect([identity.role, identity.source]).toEqual([null, null]);
  });

  test('nothing said at all is one node, without a word', () => {
    expect(who({})).toEqual({
      identity: { source: null, role: 'single', rank: 0, size: 1, leader: null, group: null, generation: null, nodes: null, claims: [] },
      warnings: [],
      problems: [],
    });
  });

  test.each([{ 'node-rank': 0 }, { leader: 'n1' }, { leader: 'localhost' }])('%j alone proves nothing: one node, with a warning', (options) => {
    const { identity, warnings, problems } = who({ options });
    expect([identity.role, identity.leader, problems]).toEqual(['single', null, []]);
    expect(warnings).toMatchObject([{ code: 'identity-incomplete', message: expect.stringContaining('options says') }]);
  });

  test('a group name alone is no identity and no reason to warn', () => {
    const { identity, warnings } = who({ options: { group: 'g' } });
    expect(identity).toMatchObject({ group: 'g', role: 'single', claims: [{ source: 'options', used: false, complete: false }] });
    expect(warnings).toEqual([]);
  });

  test('beat every host system field by field, whose malformed values are then only told', () => {
    const labels = { 'leaderworkerset.sigs.k8s.io/name': 'vllm', 'leaderworkerset.sigs.k8s.io/group-index': '4' };
    const { identity, warnings, problems } = who({ options: numbers, env: { ...lws(0, 4), LWS_GROUP_SIZE: 'x' }, labels });
    expect(identity).toMatchObject({ source: 'options', rank: 1, size: 2, group: 'vllm-4', leader: { host: 'n1' } });
    expect(problems).toEqual([]);
    const message = 'cannot use the number of nodes "x" of LWS_GROUP_SIZE: it is not a whole number';
    expect(warnings).toEqual([{ code: 'source-ignored', message: `${message} (the options decide, so lws is not needed)` }]);
    expect(identity.claims[1]).toMatchObject({ source: 'lws', used: false, why: expect.stringContaining(message) });
  });

  test('--group beats the labels', () => {
    const labels = { 'leaderworkerset.sigs.k8s.io/name': 'vllm', 'leaderworkerset.sigs.k8s.io/group-index': '4' };
    expect(who({ options: { group: 'mine' }, env: lws(0, 2), labels }).identity.group).toBe('mine');
  });

  test('settle one field and leave the rest to the host system', () => {
    const { identity, problems, warnings } = who({ options: { leader: '10.0.0.1:9500' }, env: lws(1, 2) });
    expect(identity).toMatchObject({ source: 'lws + options', rank: 1, size: 2, leader: { host: '10.0.0.1', port: 9500, via: '--leader' } });
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
  test.each(['localhost', '127.0.0.1:9441', '0.0.0.0', '[::1]:9441', '::'])('%s is refused with two nodes', (leader) => {
    const { problems, identity } = who({ options: { ...numbers, leader } });
    expect(problems).toMatchObject([{ name: 'config', message: expect.stringMatching(/^cannot use leader .*: the other nodes cannot reach it$/) }]);
    expect(identity.role).toBeNull();
  });

  test('is fine for one node, and for local', () => {
    expect(who({ options: { nnodes: 1, leader: 'localhost' } }).problems).toEqual([]);
    expect(who({ options: { ...numbers, leader: '127.0.0.1:7', 'local-group': 'l' } })).toMatchObject({
      identity: { source: 'local', role: 'worker', group: 'l', leader: { host: '127.0.0.1', port: 7 }, claims: [{ source: 'local' }] },
      problems: [],
    });
  });

  test('a --group name counts for local too', () => {
    expect(who({ options: { ...numbers, 'local-group': 'l', group: 'g' } }).identity.group).toBe('g');
  });

  test('is refused from a host system too', () => {
    expect(who({ env: lws(1, 2, 'localhost') }).problems).toMatchObject([{ name: 'config', message: expect.stringContaining('LWS_LEADER_ADDRESS=localhost') }]);
  });
});

describe('--hosts', () => {
  test.each([
    [['n1', 'n2'], 1],
    [['N2.LAB.', 'n1'], 0],
    [['n1', 'n2.lab.example.com'], 1],
    [['10.0.0.1', '10.0.0.2', '10.0.0.3'], 1],
  ])('%j: the rank is our place', (hosts, rank) => {
    const { identity, problems, warnings } = who({ options: { hosts }, facts: here });
    expect(identity).toMatchObject({
      source: 'hosts',
      rank,
      size: hosts.length,
      role: rank === 0 ? 'leader' : 'worker',
      leader: { host: hosts[0], port: 9441, via: '--hosts' },
      nodes: hosts,
    });
    expect([problems, warnings]).toEqual([[], []]);
  });

  test('without us is refused with the list and our names', () => {
    expect(who({ options: { hosts: ['n1', 'n3'] }, facts: here }).problems).toEqual([
      {
        name: 'config',
        message: 'cannot find the rank in --hosts: none of n1, n3 is this host (n2.lab, 10.0.0.2)',
        hint: 'correct the list or give --node-rank',
      },
    ]);
  });

  test('with us twice is refused', () => {
    expect(who({ options: { hosts: ['n2', 'n1', '10.0.0.2'] }, facts: here }).problems).toEqual([
      {
        name: 'config',
        message: 'cannot find the rank in --hosts: this host (n2.lab, 10.0.0.2) is there 2 times, at ranks 0 and 2',
        hint: 'correct the list or give --node-rank',
      },
    ]);
  });

  test.each([{ 'node-rank': 0 }, { 'rank-from': 'env:R' }])('may miss us where %j tells the rank', (told) => {
    const { identity, problems } = who({ options: { hosts: ['n1', 'n3'], ...told }, facts: here, env: { R: '0' } });
    expect(problems).toEqual([]);
    expect(identity).toMatchObject({ role: 'leader', rank: 0, size: 2, nodes: ['n1', 'n3'] });
  });

  test('a rank that differs from --node-rank is warned of', () => {
    const { identity, warnings } = who({ options: { hosts: ['n1', 'n2'], 'node-rank': 0 }, facts: here });
    expect(identity).toMatchObject({ source: 'options + hosts', rank: 0 });
    expect(warnings).toEqual([
      { code: 'rank-differs', message: 'rank 0 is used (--node-rank=0) although hosts says rank 1 (--hosts: n1, n2)' },
    ]);
  });

  test('a leader that differs from --leader is no contradiction: it is another address', () => {
    const { identity, warnings, problems } = who({ options: { hosts: ['n1', 'n2'], leader: '10.9.0.1:7' }, facts: here });
    expect(identity).toMatchObject({ rank: 1, size: 2, leader: { host: '10.9.0.1', port: 7 }, nodes: ['n1', 'n2'] });
    expect([warnings, problems]).toEqual([[], []]);
  });

  test('a length that differs from --nnodes is refused', () => {
    expect(who({ options: { hosts: ['n1', 'n2'], nnodes: 3 }, facts: here }).problems).toEqual([
      {
        name: 'config',
        message: 'cannot follow options that contradict each other: size 3 by options (--nnodes=3), size 2 by hosts (--hosts: n1, n2)',
        hint: 'correct or drop one of them',
      },
    ]);
  });

  test('with a word that is no host is a usage problem', () => {
    expect(who({ options: { hosts: ['n1', 'a b'] } }).problems).toMatchObject([{ name: 'usage' }]);
  });

  test('a list that starts with localhost reaches nobody', () => {
    expect(who({ options: { hosts: ['localhost', 'n2'] }, facts: here }).problems).toMatchObject([{ name: 'config' }]);
  });

  test('a long list is not all printed', () => {
    const hosts = Array.from({ length: 20 }, (_, index) => `m${index}`);
    expect(who({ options: { hosts }, facts: here }).problems[0]?.message).toContain('m7 and 12 more');
  });
});

describe('--hostfile', () => {
  const options = { hostfile: 'hosts.txt' };
  const with_ = (text: string) => ({ ...here, hostfile: { path: 'hosts.txt', text } });

  test('is a list like --hosts', () => {
    expect(who({ options, facts: with_('n1\nn2 slots=8\n') })).toMatchObject({
      identity: { source: 'hostfile', rank: 1, size: 2, leader: { host: 'n1', via: 'hosts.txt' }, nodes: ['n1', 'n2'] },
      problems: [],
    });
  });

  test('with a duplicate is malformed, with its line', () => {
    expect(who({ options, facts: with_('n1\nn2\nn1\n') }).problems).toMatchObject([{ name: 'input', message: 'cannot use hosts.txt:3: "n1" is on line 1 already' }]);
  });

  test.each([
    ['not there', 'name a file that is there'],
    ['it may not be read (EACCES)', 'make it readable'],
  ])('that is missing (%s) is refused', (missing, hint) => {
    const { problems } = who({ options, facts: { hostfile: { path: 'hosts.txt', missing } } });
    expect(problems).toEqual([{ name: 'input', message: `cannot read --hostfile hosts.txt: ${missing}`, hint }]);
  });

  test('may say the same as --hosts, and nothing else', () => {
    const hosts = ['n1', 'n2'];
    expect(who({ options: { ...options, hosts }, facts: with_('n1\nn2') })).toMatchObject({ identity: { source: 'hosts' }, problems: [] });
    const { problems } = who({ options: { ...options, hosts }, facts: with_('n3\nn1\nn2') });
    expect(problems.map(({ name, message }) => [name, message.split(':')[0]])).toEqual(
      [0, 1, 2].map(() => ['config', 'cannot follow options that contradict each other']),
    );
    expect(problems.map(({ message }) => message.includes('size 2 by hosts'))).toEqual([false, true, false]);
  });
});

describe('--rank-from', () => {
  const rest = { nnodes: 3, leader: 'x' };

  test.each([
    ['label:apps.kubernetes.io/pod-index', { labels: { 'apps.kubernetes.io/pod-index': '2' } }],
    ['annotation:a/b', { annotations: { 'a/b': '2' } }],
    ['env:PLACE', { env: { PLACE: '2' } }],
  ])('%s', (text, given) => {
    expect(who({ options: { ...rest, 'rank-from': text }, ...given })).toMatchObject({
      identity: { source: 'rank-from + options', rank: 2, size: 3, role: 'worker' },
      problems: [],
    });
  });

  test.each(['label', 'label:', ':KEY', 'pod:KEY', 'env:A B', 'env:A=B', 'xlabel:a', 'LABEL:a'])('%j is a usage problem', (text) => {
    expect(who({ options: { ...rest, 'rank-from': text } }).problems).toEqual([
      {
        name: 'usage',
        message: `cannot use --rank-from ${JSON.stringify(text)}: it is not label:KEY, annotation:KEY or env:NAME`,
        hint: 'write --rank-from label:KEY, annotation:KEY or env:NAME',
      },
    ]);
  });

  test.each([
    ['label:k', {}, 'label k of --rank-from is not in /etc/podinfo, or empty'],
    ['annotation:k', { annotations: { k: '' } }, 'annotation k of --rank-from is not in /etc/podinfo, or empty'],
    ['env:K', { env: { K: '' } }, 'variable K of --rank-from is not in the environment, or empty'],
    ['env:constructor', {}, 'variable constructor of --rank-from is not in the environment, or empty'],
  ])('%s that is missing is refused, never 0', (text, given, why) => {
    expect(who({ options: { ...rest, 'rank-from': text }, ...given }).problems).toEqual([
      { name: 'config', message: `cannot read the rank: ${why}`, hint: 'let the platform set it, or give --node-rank' },
    ]);
  });

  test.each([
    ['x', 'it is not a whole number'],
    ['1.0', 'it is not a whole number'],
    ['+1', 'it is not a whole number'],
    [' 1', 'it is not a whole number'],
    ['1234567890123456', 'it is not a whole number'],
    ['-1', 'it is less than 0'],
  ])('a value of %j is refused', (value, why) => {
    expect(who({ options: { ...rest, 'rank-from': 'env:K' }, env: { K: value } }).problems).toEqual([
      { name: 'config', message: `cannot use the rank ${JSON.stringify(value)} of variable K: ${why}`, hint: 'correct variable K' },
    ]);
  });

  test('that differs from the place in --hosts is refused', () => {
    const { problems } = who({ options: { hosts: ['n1', 'n2'], 'rank-from': 'env:K' }, env: { K: '0' }, facts: here });
    expect(problems).toMatchObject([{ name: 'config', message: expect.stringContaining('rank 0 by rank-from (variable K=0), rank 1 by hosts') }]);
  });

  test('completes a host system that knows no rank', () => {
    const env = { ...dynamo(0, 'a-0.svc'), DYNAMO_RANK: '', K: '1' };
    expect(who({ options: { nnodes: 2, 'rank-from': 'env:K' }, env }).identity).toMatchObject({ rank: 1, size: 2, leader: { host: 'a-0.svc' } });
  });
});
