import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseDownwardMap } from '#upstream/kubernetes/downward.ts';

const simple: Readonly<Record<string, string>> = {
  '\u0007': 'a',
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '\v': 'v',
  '\\': '\\',
  '"': '"',
};
const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

/** One character in a form that Go reads; `form` picks which. */
function escape(character: string, form: number): string {
  const code = character.codePointAt(0) ?? 0;
  const letter = simple[character];
  if (letter !== undefined) return `\\${letter}`;
  if (form === 1) return [...new TextEncoder().encode(character)].map((byte) => `\\x${hex(byte, 2)}`).join('');
  if (form === 2)
    return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  if (form === 3) return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8).toUpperCase()}`;
  return character;
}

const value = fc.array(fc.tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.nat({ max: 3 })), {
  maxLength: 12,
});
const key = fc.oneof(
  fc.stringMatching(/^[A-Za-z\d./_-]{1,12}$/),
  fc.constantFrom('__proto__', 'constructor', 'toString'),
);
const map = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 5 });

test('every map comes back as it was, in whatever form its values were escaped', () => {
  fc.assert(
    fc.property(map, fc.constantFrom('\n', '\r\n', '\n\n'), fc.boolean(), (entries, ending, last) => {
      const lines = entries.map(
        ([name, pieces]) => `${name}="${pieces.map(([character, form]) => escape(character, form)).join('')}"`,
      );
      const expected = entries.map(([name, pieces]) => [name, pieces.map(([character]) => character).join('')]);
      const parsed = parseDownwardMap(lines.join(ending) + (last ? ending : ''));
      expect(parsed).toEqual({ ok: true, values: new Map(expected as [string, string][]) });
    }),
    { numRuns: 500 },
  );
});

const soup = fc.array(
  fc.constantFrom(
    'a',
    '=',
    '"',
    '\\',
    '\n',
    '\r',
    'x',
    '4',
    '1',
    'u',
    'd',
    '8',
    '0',
    'U',
    "'",
    ' ',
    'é',
    '🚀',
    '\ud800',
  ),
  { maxLength: 40 },
);

test('any text is a map, or a fault that lies inside the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        soup.map((pieces) => pieces.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const parsed = parseDownwardMap(text);
        if (parsed.ok) return;
        const line = text.split('\n')[parsed.line - 1];
        expect(line).toBeDefined();
        expect(parsed.column).toBeGreaterThan(0);
        expect(parsed.column).toBeLessThanOrEqual(Array.from(line ?? '').length + 1);
        expect(parsed.message).toMatch(/^expected /);
      },
    ),
    { numRuns: 1_000 },
  );
});
