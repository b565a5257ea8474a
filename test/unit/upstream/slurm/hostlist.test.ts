import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { expandHostlist } from '#upstream/slurm/hostlist.ts';

/** Of a very long list only both ends are recorded. */
type Answer = {
  readonly count: number;
  readonly hosts?: readonly string[];
  readonly first?: readonly string[];
  readonly last?: readonly string[];
};
type Case = {
  readonly expr: string;
  readonly note: string;
  readonly launcher: 'expand' | 'error';
  readonly slurm_22_05_8: Answer;
  readonly slurm_24_11_5: Answer | 'same';
};
const { cases, compress_22_05_8: compressed } = JSON.parse(readFileSync('test/cases/hostlist-cases.json', 'utf8')) as {
  cases: Case[];
  compress_22_05_8: [string, string][];
};

const refusal = (expression: string): string => {
  const list = expandHostlist(expression);
  return list.ok ? `expanded to ${list.hosts.join(' ')}` : list.why;
};

describe('expressions that scontrol was asked about', () => {
  test.each(cases)('$note: $expr', ({ expr, launcher, slurm_22_05_8: old, slurm_24_11_5: today }) => {
    const list = expandHostlist(expr);
    expect(list.ok).toBe(launcher === 'expand');
    if (!list.ok) return;
    const { count, hosts, first = [], last = [] } = today === 'same' ? old : today;
    expect(list.hosts).toHaveLength(count);
    if (hosts !== undefined) expect(list.hosts).toEqual(hosts);
    else expect([...list.hosts.slice(0, 2), ...list.hosts.slice(-2)]).toEqual([...first, ...last]);
  });

  test.each(compressed)('what Slurm makes of %s is read back: %s', (names, expression) => {
    expect(expandHostlist(expression)).toEqual({ ok: true, hosts: names.split(',') });
  });

  test('every verdict is there more than once', () => {
    const count = (verdict: Case['launcher']) => cases.filter(({ launcher }) => launcher === verdict).length;
    expect([count('expand') > 30, count('error') > 20]).toEqual([true, true]);
  });
});

describe('a list that is too long', () => {
  test.each([
    ['a[1-1000]b[1-1000]', 'it names 1000000 hosts, more than 65536'],
    ['n[1-65536],m', 'it names 65537 hosts, more than 65536'],
    ['a[1-60000]b[1-60000]c[1-60000]', 'it names 216000000000000 hosts, more than 65536'],
    ['a[1-60000]b[1-60000]c[1-60000]d[1-60000]', 'it names more than 9007199254740991 hosts, more than 65536'],
    ['n[1-65537]', '"n[1-65537]" is no hostlist: range "1-65537" has 65537 hosts, more than 65536'],
    [
      'n[0-999999999999999]',
      '"n[0-999999999999999]" is no hostlist: range "0-999999999999999" has 1000000000000000 hosts, more than 65536',
    ],
  ])('%s is refused with its size', (expression, why) => expect(refusal(expression)).toBe(why));

  // One that was expanded first, or walked again for every bracket, would not end in time.
  test('is refused before it is expanded, however it is written', () => {
    expect(refusal(Array.from({ length: 10_000 }, () => 'n[1-60000]').join(','))).toBe(
      'it names 600000000 hosts, more than 65536',
    );
    expect(refusal('['.repeat(130_000))).toContain('is no hostlist');
    expect(refusal('a[1]'.repeat(30_000))).toContain('a host has at most 253 characters');
  });

  test('is expanded where it has just as many as Slurm allows', () => {
    const list = expandHostlist('n[1-32768],m[1-32768]');
    expect(list.ok && [list.hosts.length, list.hosts.at(-1)]).toEqual([65_536, 'm32768']);
  });
});

describe('what is no list says where', () => {
  test.each([
    ['', 'it names no host'],
    [' , \t\n', 'it names no host'],
    ['n[1-2', '"n[1-2" is no hostlist: "[" does not belong there'],
    ['n1]', '"n1]" is no hostlist: "]" does not belong there'],
    ['ok,n*', '"n*" is no hostlist: "*" does not belong there'],
    ['n[1,]', '"n[1,]" is no hostlist: "" is no range'],
    ['n[]', '"n[]" is no hostlist: "" is no range'],
    ['n[1 - 2]', '"n[1 - 2]" is no hostlist: "1 - 2" is no range'],
    ['n[2-1]', '"n[2-1]" is no hostlist: range "2-1" ends before it begins'],
    ['n[1234567890123456]', '"n[1234567890123456]" is no hostlist: "1234567890123456" is no range'],
    ['n[1-1234567890123456]', '"n[1-1234567890123456]" is no hostlist: "1-1234567890123456" is no range'],
    ['-n', '"-n" is no hostlist: no host is called that'],
    ['.n', '".n" is no hostlist: no host is called that'],
    ['n-', '"n-" is no hostlist: no host is called that'],
    ['n\r', String.raw`"n\r" is no hostlist: "\r" does not belong there`],
    [`${'n'.repeat(59)}*`, `"${'n'.repeat(59)}*" is no hostlist: "*" does not belong there`],
    [`${'n'.repeat(61)}*`, `"${'n'.repeat(60)}..." is no hostlist: "*" does not belong there`],
    [
      `n[${'1,'.repeat(31)}x-${'y'.repeat(70)}]`,
      `"n[${'1,'.repeat(29)}..." is no hostlist: "x-${'y'.repeat(58)}..." is no range`,
    ],
  ])('%j', (expression, why) => expect(refusal(expression)).toBe(why));

  test('a host has at most 253 characters, padding counted', () => {
    expect(expandHostlist('n'.repeat(253))).toEqual({ ok: true, hosts: ['n'.repeat(253)] });
    expect(refusal('n'.repeat(254))).toContain('a host has at most 253 characters');
    expect(expandHostlist(`${'n'.repeat(250)}[1-100]x`).ok).toBe(false);
    expect(expandHostlist(`${'n'.repeat(249)}[1-100]x`).ok).toBe(true);
    expect(expandHostlist(`${'n'.repeat(249)}[0001-2,1]x`).ok).toBe(false);
    expect(expandHostlist(`${'n'.repeat(248)}[0001-2,1]x`).ok).toBe(true);
    expect(expandHostlist(`${'n'.repeat(248)}[1]a[0001]`).ok).toBe(false);
  });
});

test('names end at blanks and commas, runs of them count once', () => {
  expect(expandHostlist('\ta,, b\n\nc[1,2] ,d.')).toEqual({ ok: true, hosts: ['a', 'b', 'c1', 'c2', 'd.'] });
});

test('three brackets and more: the last one innermost, of the others the first runs fastest', () => {
  expect(expandHostlist('[1-2][3-4][5-6][7-8]')).toEqual({
    ok: true,
    hosts: '1357 1358 2357 2358 1457 1458 2457 2458 1367 1368 2367 2368 1467 1468 2467 2468'.split(' '),
  });
});
