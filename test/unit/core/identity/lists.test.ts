import { describe, expect, test } from 'vitest';

import { dynamo, who } from './who.ts';

const here = {
  hostname: 'n2.lab',
  interfaces: [
    { name: 'lo', address: '127.0.0.1', internal: true },
    { name: 'eth0', address: '10.0.0.2', internal: false },
  ],
};
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
    const { identity, warnings, problems } = who({
      options: { hosts: ['n1', 'n2'], leader: '10.9.0.1:7' },
      facts: here,
    });
    expect(identity).toMatchObject({ rank: 1, size: 2, leader: { host: '10.9.0.1', port: 7 }, nodes: ['n1', 'n2'] });
    expect([warnings, problems]).toEqual([[], []]);
  });

  test('a length that differs from --nnodes is refused', () => {
    expect(who({ options: { hosts: ['n1', 'n2'], nnodes: 3 }, facts: here }).problems).toEqual([
      {
        name: 'config',
        message:
          'cannot follow options that contradict each other: size 3 by options (--nnodes=3), size 2 by hosts (--hosts: n1, n2)',
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
    expect(who({ options, facts: with_('n1\nn2\nn1\n') }).problems).toMatchObject([
      { name: 'input', message: 'cannot use hosts.txt:3: "n1" is on line 1 already' },
    ]);
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
    expect(who({ options: { ...options, hosts }, facts: with_('n1\nn2') })).toMatchObject({
      identity: { source: 'hosts' },
      problems: [],
    });
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

  test.each(['label', 'label:', ':KEY', 'pod:KEY', 'env:A B', 'env:A=B', 'xlabel:a', 'LABEL:a'])(
    '%j is a usage problem',
    (text) => {
      expect(who({ options: { ...rest, 'rank-from': text } }).problems).toEqual([
        {
          name: 'usage',
          message: `cannot use --rank-from ${JSON.stringify(text)}: it is not label:KEY, annotation:KEY or env:NAME`,
          hint: 'write --rank-from label:KEY, annotation:KEY or env:NAME',
        },
      ]);
    },
  );

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
      {
        name: 'config',
        message: `cannot use the rank ${JSON.stringify(value)} of variable K: ${why}`,
        hint: 'correct variable K',
      },
    ]);
  });

  test('that differs from the place in --hosts is refused', () => {
    const { problems } = who({ options: { hosts: ['n1', 'n2'], 'rank-from': 'env:K' }, env: { K: '0' }, facts: here });
    expect(problems).toMatchObject([
      { name: 'config', message: expect.stringContaining('rank 0 by rank-from (variable K=0), rank 1 by hosts') },
    ]);
  });

  test('completes a host system that knows no rank', () => {
    const env = { ...dynamo(0, 'a-0.svc'), DYNAMO_RANK: '', K: '1' };
    expect(who({ options: { nnodes: 2, 'rank-from': 'env:K' }, env }).identity).toMatchObject({
      rank: 1,
      size: 2,
      leader: { host: 'a-0.svc' },
    });
  });
});
