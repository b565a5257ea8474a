// What others wrote and `check` reads: any text is read in time, and what comes out is what went in.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readLimit } from '#core/check/limits.ts';
import { isHubName } from '#upstream/hub.ts';
import { readPlaces } from '#upstream/dynamo/services.ts';

const port = fc.integer({ min: 1, max: 65_535 });
const host = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/),
  fc.ipV4(),
  fc.ipV6().filter((address) => !address.includes('%')),
);
const scheme = fc.constantFrom('', 'http://', 'https://', 'nats://', 'tls://');
const user = fc.constantFrom('', 'me@', 'me:secret@', 'me:se:c%3Fret@');

test('places are read from lists as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(scheme, user, host, port), { minLength: 1, maxLength: 5 }), (entries) => {
      const words = entries.map(
        ([before, who, name, number]) => `${before}${who}${name.includes(':') ? `[${name}]` : name}:${number}`,
      );
      const expected = entries.map(([, , name, number]) => ({ host: name, port: number }));
      expect(readPlaces(words.join(', '), 1)).toEqual(expected);
    }),
  );
});

test('whatever stands in such a variable, a place has a host without blanks and a port, and no password', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string({ unit: fc.constantFrom(':', '/', '@', '[', ']', ',', '.', 'a', '1', ' ', '?', '#') }),
      ),
      (text) => {
        for (const place of readPlaces(text, 1)) {
          expect(place.host).toMatch(/^[^\s/@[\],?#]+$/);
          expect(place.port >= 1 && place.port <= 65_535).toBe(true);
        }
      },
    ),
  );
});

test('a variable of a megabyte is read at once', () => {
  for (const part of ['a:', '@', 'http://', '[', 'a,', 'a@'])
    expect(readPlaces(part.repeat(200_000), 1).length).toBeLessThanOrEqual(200_001);
}, 5_000);

test('a limit is read as the kernel writes it', () => {
  const limit = fc.option(fc.integer({ min: 0 }), { nil: Infinity });
  const word = (value: number) => (value === Infinity ? 'unlimited' : String(value));
  fc.assert(
    fc.property(limit, limit, (soft, hard) => {
      const row = `${'Max open files'.padEnd(26)}${word(soft).padEnd(20)} ${word(hard).padEnd(20)} files     `;
      expect(readLimit(`Limit\n${row}\n`, 'Max open files')).toEqual({ soft, hard });
    }),
  );
});

test('any other text is no limit, or one of numbers', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, row) => {
      const limit = readLimit(`Max open files${text}`, 'Max open files') ?? readLimit(text, row);
      if (limit !== null) expect([limit.soft, limit.hard].every((each) => each >= 0)).toBe(true);
    }),
  );
});

test('what is taken for a name of the hub can be part of a path below the cache', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '.', '/', '-', ':', ' ', '\0') }), (word) => {
      if (!isHubName(word)) return;
      expect(word).not.toContain('\0');
      expect(word.split('/').some((part) => part === '..' || part === '.' || part === '')).toBe(false);
    }),
  );
});
