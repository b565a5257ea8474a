import fc from 'fast-check';
import { expect, test } from 'vitest';

import { isHost } from '#core/identity/address.ts';
import { expandHostlist, mostHosts } from '#upstream/slurm/hostlist.ts';
import { mostTasks } from '#upstream/slurm/step.ts';

const soup = fc
  .array(
    fc.constantFrom('n', '1', '0', '9', '[', ']', '-', ',', ' ', '.', '_', '\t', '*', '65536', '[1-3]', '[01-20]'),
    {
      maxLength: 30,
    },
  )
  .map((pieces) => pieces.join(''));

test('any text is a list of hosts, at most as many as Slurm allows, or a reason of one short line', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        soup,
        fc.string({ unit: 'binary' }),
        soup.map((text) => text.repeat(40)),
      ),
      (text) => {
        const list = expandHostlist(text);
        if (!list.ok) {
          expect(list.why).toMatch(/^[ -~\u0080-\uffff]{1,250}$/);
          return;
        }
        expect(list.hosts.length).toBeGreaterThan(0);
        expect(list.hosts.length).toBeLessThanOrEqual(mostHosts);
        for (const host of list.hosts.slice(0, 50)) expect([host, isHost(host)]).toEqual([host, true]);
      },
    ),
    { numRuns: 2_000 },
  );
});

const digits = fc.tuple(fc.nat({ max: 120 }), fc.nat({ max: 12 }), fc.nat({ max: 3 }));
const bracket = fc.array(digits, { minLength: 1, maxLength: 3 });
const literal = fc.stringMatching(/^[a-z][a-z\d_]{0,3}$/);
const name = fc.tuple(literal, fc.array(fc.tuple(bracket, literal), { maxLength: 2 }));

type Bracket = readonly (readonly [number, number, number])[];
const written = (ranges: Bracket): string =>
  ranges.map(([low, more, pad]) => `${String(low).padStart(pad, '0')}-${low + more}`).join(',');
const values = (ranges: Bracket): string[] =>
  ranges.flatMap(([low, more, pad]) =>
    Array.from({ length: more + 1 }, (_, index) =>
      String(low + index).padStart(Math.max(pad, String(low).length), '0'),
    ),
  );

test('with up to two brackets the right one runs fastest, order and duplicates stay', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), fc.constantFrom(',', ' ', ',,\n'), (names, ending) => {
      const text = names.map(
        ([head, rest]) => head + rest.map(([ranges, tail]) => `[${written(ranges)}]${tail}`).join(''),
      );
      const expected = names.flatMap(([head, rest]) =>
        rest.reduce(
          (hosts, [ranges, tail]) => hosts.flatMap((host) => values(ranges).map((value) => host + value + tail)),
          [head],
        ),
      );
      expect(expandHostlist(text.join(ending))).toEqual({ ok: true, hosts: expected });
    }),
    { numRuns: 500 },
  );
});

test('tasks per node are a number, or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\d(),x]{0,12}$/)), (text) => {
      const most = mostTasks(text);
      expect(most === null || (Number.isSafeInteger(most) && most >= 0)).toBe(true);
    }),
  );
});
