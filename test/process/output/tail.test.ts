import { describe, expect, it } from 'vitest';

import { openTail, type Source } from '#edge/output/tail.ts';

const lines = (chunks: readonly (string | readonly [Source, string])[], count = 20) => {
  const tail = openTail();
  for (const chunk of chunks) {
    const [source, text] = typeof chunk === 'string' ? (['stdout', chunk] as const) : chunk;
    tail.push(Buffer.from(text), source);
  }
  return tail.lines(count);
};

describe('the tail', () => {
  it.each([
    ['nothing', [], []],
    ['one line', ['a\n'], ['a']],
    ['a line without an end', ['a\nb'], ['a', 'b']],
    ['a line in pieces', ['a', 'b', 'c\n'], ['abc']],
    ['a character in pieces', ['\u00fc'], ['\u00fc']],
    ['empty lines', ['a\n\n \nb\n'], ['a', 'b']],
    ['colours and titles', ['\u001b[1;31mred\u001b[0m \u001b]0;title\u0007end\n'], ['red end']],
    ['control characters', ['a\u0007b\u0000c\td\u009be\n'], ['abc de']],
    ['a progress bar', ['  1%\r 50%\r100%\r\n'], ['100%']],
    ['both streams in the order of arrival', ['a\n', ['stderr', 'b\n'], 'c\n'], ['a', 'b', 'c']],
    ['a line with another in its middle', ['a', ['stderr', 'b\n'], 'c\n'], ['b', 'ac']],
  ] as const)('shows %s', (_, chunks, expected) => {
    expect(lines(chunks)).toEqual(expected.map((line) => line.trim()));
  });

  it('shows bytes that are no text as something', () => {
    const tail = openTail();
    tail.push(Uint8Array.of(0xff, 0x61, 0xc3, 10), 'stdout');
    expect(tail.lines(1)).toEqual(['\ufffda\ufffd']);
  });

  it('joins a character that two chunks share', () => {
    const tail = openTail();
    const [first, second] = Buffer.from('\u00fc');
    tail.push(Uint8Array.of(first!), 'stdout');
    tail.push(Uint8Array.of(second!, 10), 'stdout');
    expect(tail.lines(1)).toEqual(['\u00fc']);
  });

  it('gives the last lines only, each at most 512 characters', () => {
    const many = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(1_000)}\n`);
    const shown = lines(many, 3);
    expect(shown.map((line) => line.split(' ')[0])).toEqual(['47', '48', '49']);
    expect(shown.every((line) => line.length === 512)).toBe(true);
  });

  it('keeps the last 64 KiB of a flood whose lines are cut anywhere', () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `line ${String(index).padStart(6, '0')}\n`).join('');
    const tail = openTail();
    for (let at = 0; at < text.length; at += 7_777) tail.push(Buffer.from(text.slice(at, at + 7_777)), 'stdout');
    const kept = tail.lines(100_000);
    expect(kept.at(-1)).toBe('line 019999');
    expect(kept.length).toBeGreaterThanOrEqual(65_536 / 12 - 2);
    expect(kept.length).toBeLessThan((65_536 + 7_777) / 12 + 2);
    expect(kept.every((line) => line.length === 11)).toBe(true);
  });

  it('keeps the order of a flood of single bytes', () => {
    const tail = openTail();
    const text = 'abc\ndef\n'.repeat(2_000);
    for (const byte of Buffer.from(text)) tail.push(Uint8Array.of(byte), 'stderr');
    expect(tail.lines(3)).toEqual(['def', 'abc', 'def']);
  });

  it('shows the end of one line that is longer than all that is kept', () => {
    expect(lines([`${'x'.repeat(200_000)}\n`], 1)[0]).toHaveLength(512);
  });
});
