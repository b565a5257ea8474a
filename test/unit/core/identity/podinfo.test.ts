import { describe, expect, test } from 'vitest';

import { readPodinfo } from '#core/identity/podinfo.ts';

import { bareFacts, mapText, podinfoOf, withOptions } from '../bare-facts.ts';

const read = (podinfo: ReturnType<typeof podinfoOf>, pairs: string[] | null = null, env: Record<string, string> = {}) =>
  readPodinfo(bareFacts({ podinfo, env }), withOptions({ 'annotation-env': pairs }));

const nothing = { annotations: {}, labels: {}, source: null, origins: {}, warnings: [], problems: [] };

describe('the downward API volume', () => {
  test('gives annotations and labels, and where each annotation stood', () => {
    expect(read(podinfoOf('a="1"\nb=""', 'c="3"'))).toEqual({
      ...nothing,
      annotations: { a: '1', b: '' },
      labels: { c: '3' },
      source: '/etc/podinfo',
      origins: { a: '/etc/podinfo/annotations', b: '/etc/podinfo/annotations' },
    });
  });

  test('that is not there is no problem', () => expect(read(null)).toEqual(nothing));

  test('with both files missing was not a source', () => expect(read(podinfoOf(null, null))).toEqual(nothing));

  test.each([
    ['labels', podinfoOf('a="1"', null), { annotations: { a: '1' }, origins: { a: '/etc/podinfo/annotations' } }],
    ['annotations', podinfoOf(null, 'c="3"'), { labels: { c: '3' } }],
  ])('without %s gives the other half', (_, podinfo, half) => {
    expect(read(podinfo)).toEqual({ ...nothing, source: '/etc/podinfo', ...half });
  });

  test.each([
    ['annotations', podinfoOf('a="1"\nb=2', 'c="3"'), '/etc/podinfo/annotations:2:3: expected " after ='],
    ['labels', podinfoOf('a="1"', 'c'), '/etc/podinfo/labels:1:2: expected = after the key'],
  ])('with malformed %s is refused with file, line and column', (_, podinfo, message) => {
    const hint = 'mount metadata.annotations and metadata.labels whole, as the kubelet writes them';
    expect(read(podinfo).problems).toEqual([{ name: 'input', message: `cannot read ${message}`, hint }]);
  });

  test('with a file that cannot be read is refused, not passed over', () => {
    const podinfo = podinfoOf('a="1"', null);
    if (podinfo === null) throw new Error('made above');
    const labels = { path: '/etc/podinfo/labels', missing: 'it may not be read (EACCES)' };
    const { problems } = read({ ...podinfo, labels });
    expect(problems).toMatchObject([
      { name: 'input', message: 'cannot read /etc/podinfo/labels: it may not be read (EACCES)' },
    ]);
  });

  test('keeps keys that are names of object members', () => {
    const { annotations } = read(podinfoOf('__proto__="1"\nconstructor="2"', null));
    expect(Object.entries(annotations)).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
  });
});

describe('--podinfo', () => {
  const named = withOptions({ podinfo: '/mnt/info' });

  test('that names a directory which is not there is warned of', () => {
    const { warnings } = readPodinfo(bareFacts(), named);
    expect(warnings).toEqual([
      { code: 'podinfo-missing', message: '--podinfo /mnt/info is not there: no annotation was read from it' },
    ]);
  });

  test('that names one which is there is not', () => {
    expect(readPodinfo(bareFacts({ podinfo: podinfoOf('', '') }), named).warnings).toEqual([]);
  });
});

describe('--annotation-env KEY=VAR', () => {
  test('gives an annotation, with its variable as source', () => {
    expect(read(null, ['a/b=V', 'c=W'], { V: 'x=y', W: '2' })).toEqual({
      ...nothing,
      annotations: { 'a/b': 'x=y', c: '2' },
      origins: { 'a/b': 'variable V', c: 'variable W' },
      source: 'variable V, variable W',
    });
  });

  test('beats the file, and says so where the file says something else', () => {
    const reading = read(podinfoOf(mapText({ a: '1', b: '2' }), null), ['a=V', 'b=W'], { V: 'one', W: '2' });
    expect(reading).toMatchObject({
      annotations: { a: 'one', b: '2' },
      source: '/etc/podinfo, variable V, variable W',
    });
    expect(reading.origins).toEqual({ a: 'variable V', b: 'variable W' });
    const message = 'annotation a is "one" in variable V and "1" in /etc/podinfo/annotations: the first is used';
    expect(reading.warnings).toEqual([{ code: 'annotation-differs', message }]);
  });

  test('does not warn where the file has the key empty', () => {
    expect(read(podinfoOf('a=""', null), ['a=V'], { V: '1' }).warnings).toEqual([]);
  });

  test('with an empty variable is an absent annotation and leaves the file alone', () => {
    expect(read(podinfoOf('a="1"', null), ['a=V', 'b=V'], { V: '' })).toMatchObject({
      annotations: { a: '1' },
      source: '/etc/podinfo',
      warnings: [],
    });
  });

  test('with a variable that is not there is absent and warned of', () => {
    const { annotations, warnings, source } = read(null, ['a=V', 'b=toString']);
    expect({ annotations, source }).toEqual({ annotations: {}, source: null });
    expect(warnings).toEqual(
      [
        ['a', 'V'],
        ['b', 'toString'],
      ].map(([key, variable]) => ({
        code: 'annotation-variable-unset',
        message: `variable ${variable} is not there, so annotation ${key} is taken as absent`,
      })),
    );
  });

  test.each(['a', '=V', 'a=', 'a b=V', 'a=V W', 'a=b=c'])('%j is a usage problem', (pair) => {
    expect(read(null, ['ok=V', pair], { V: '1' })).toMatchObject({
      annotations: { ok: '1' },
      problems: [
        {
          name: 'usage',
          message: `cannot use --annotation-env ${JSON.stringify(pair)}: it is not KEY=VAR`,
          hint: 'write --annotation-env KEY=VAR',
        },
      ],
    });
  });
});
