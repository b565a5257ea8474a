import { describe, expect, it } from 'vitest';

import { openPrefix } from '#edge/output/prefix.ts';

const run = (chunks: readonly string[]) => {
  const prefix = openPrefix('[0] ');
  const parts = [...chunks.map((chunk) => prefix.push(Buffer.from(chunk))), prefix.end()];
  return parts.map((part) => part?.toString() ?? null);
};

describe('the prefix', () => {
  it.each([
    [['a\n'], ['[0] a\n', null]],
    [['a\nb\n'], ['[0] a\n[0] b\n', null]],
    [
      ['a', 'b\nc'],
      [null, '[0] ab\n', '[0] c\n'],
    ],
    [['\n\n'], ['[0] \n[0] \n', null]],
    [['a\r\n'], ['[0] a\r\n', null]],
    [[], [null]],
  ])('marks %j as %j', (chunks, expected) => {
    expect(run(chunks)).toEqual(expected);
  });

  it('leaves every byte of a line as it is', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 10));
    const prefix = openPrefix('> ');
    expect(prefix.push(Buffer.concat([bytes, Buffer.from('\n')]))).toEqual(
      Buffer.concat([Buffer.from('> '), bytes, Buffer.from('\n')]),
    );
  });

  it('breaks a line that never ends, and keeps nothing of it', () => {
    const prefix = openPrefix('> ');
    const pieces = Array.from({ length: 10 }, () => prefix.push(Buffer.alloc(20_000, 'x'))).filter(
      (piece) => piece !== null,
    );
    expect(pieces.length).toBeGreaterThan(1);
    const text = Buffer.concat([...pieces, prefix.end() ?? Buffer.alloc(0)]).toString();
    expect(text.replaceAll(/> |\n/g, '')).toBe('x'.repeat(200_000));
  });
});
