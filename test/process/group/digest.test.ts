import { expect, test } from 'vitest';

import { digestFields } from '#edge/group/digest.ts';

const field = (name: string, value: string, shown = true) => ({ field: name, value, shown });

test('a shown field carries its value, a hidden one only its digest', () => {
  const [shown, hidden] = digestFields('key', [field('argv', 'vllm'), field('env X', 'secret', false)]);
  expect(shown).toEqual({ field: 'argv', value: 'vllm', digest: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(hidden).toEqual({ field: 'env X', value: null, digest: expect.stringMatching(/^[0-9a-f]{32}$/) });
});

test('digests are equal for equal key, name and value, and for nothing else', () => {
  const of = (key: string, name: string, value: string) => digestFields(key, [field(name, value)])[0]?.digest;
  expect(of('k', 'a', 'v')).toBe(of('k', 'a', 'v'));
  const all = [
    of('k', 'a', 'v'),
    of('other', 'a', 'v'),
    of('k', 'b', 'v'),
    of('k', 'a', 'w'),
    of('k', 'a\0v', ''),
    of('k', '', 'a'),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test('whether a value is shown does not change its digest, nor does what is cut of it', () => {
  const long = 'x'.repeat(5_000);
  const [shown, hidden] = [true, false].map((visible) => digestFields('k', [field('a', long, visible)])[0]);
  expect(shown?.digest).toBe(hidden?.digest);
  expect(shown?.value).toHaveLength(2_048);
  expect(digestFields('k', [field('a', `${long}y`)])[0]?.digest).not.toBe(shown?.digest);
});
