import fc from 'fast-check';
import { expect, test } from 'vitest';

import { bounds } from '#core/group/bounds.ts';
import { readFrame } from '#core/group/schema.ts';
import { writeFrame } from '#core/group/write-frame.ts';
import { byteLength } from '#core/text.ts';

import { frame } from './arbitrary/frame.ts';

const short = { numRuns: 300 };

test('whatever a launcher wants to say fits a frame that the other side accepts', () => {
  fc.assert(
    fc.property(frame, (said) => {
      const text = writeFrame(said);
      expect(byteLength(text)).toBeLessThanOrEqual(bounds.frameBytes);
      const read = readFrame(text);
      expect(read).toMatchObject({ ok: true });
      expect(read.ok && read.frame.body.kind).toBe(said.body.kind);
    }),
    short,
  );
});

test('a frame that was read and written again says the same', () => {
  fc.assert(
    fc.property(frame, (said) => {
      const once = readFrame(writeFrame(said));
      if (!once.ok) throw new Error(once.reason);
      const twice = readFrame(writeFrame(once.frame));
      expect(twice).toEqual(once);
    }),
    short,
  );
});

const isAnswer = (text: string): void => {
  const read = readFrame(text);
  if (read.ok) return;
  expect(read.reason).toMatch(/^[ -~]{1,200}$/);
  expect(['protocol', 'malformed']).toContain(read.why);
};

test('any text is a frame or is refused with one short line', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), isAnswer), { numRuns: 1_000 });
});

test('a frame with one value replaced or one piece of text changed is a frame or is refused with one short line', () => {
  const change = fc.record({ at: fc.nat(), cut: fc.nat({ max: 5 }), put: fc.oneof(fc.string(), fc.json()) });
  fc.assert(
    fc.property(frame, change, fc.jsonValue(), (said, { at, cut, put }, value) => {
      const text = writeFrame(said);
      const place = at % text.length;
      isAnswer(text.slice(0, place) + put + text.slice(place + cut));
      const paths = pathsOf(JSON.parse(text));
      isAnswer(JSON.stringify(replaced(JSON.parse(text), paths[at % paths.length] ?? [], value)));
    }),
    short,
  );
});

type Path = readonly string[];

function pathsOf(value: unknown, here: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [here];
  return [
    here,
    ...Object.entries(value)
      .slice(0, 20)
      .flatMap(([key, inner]) => pathsOf(inner, [...here, key])),
  ];
}

function replaced(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put;
  if (Array.isArray(value))
    return value.map((inner, index) => (String(index) === key ? replaced(inner, rest, put) : inner));
  const entries = Object.entries(value as object);
  return Object.fromEntries(entries.map(([name, inner]) => [name, name === key ? replaced(inner, rest, put) : inner]));
}
