import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseStat, parseTitle } from '#edge/processes/proc.ts';

describe('what /proc may say', () => {
  it('a stat line gives back its own fields, whatever the name is', () => {
    const natural = fc.nat({ max: 4_194_304 });
    const fields = fc.record({
      pid: natural,
      comm: fc.string({ maxLength: 64 }),
      ppid: natural,
      session: natural,
      startTicks: fc.nat(),
    });
    fc.assert(
      fc.property(fields, fc.constantFrom('R', 'S', 'Z'), ({ pid, comm, ppid, session, startTicks }, state) => {
        const text = `${pid} (${comm}) ${state} ${ppid} 1 ${session} 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 ${startTicks} 1 2 3\n`;
        expect(parseStat(text)).toEqual({ pid, comm, state, ppid, session, threads: 1, startTicks });
      }),
    );
  });

  it('garbage gives null or whole numbers, never an exception', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom(' (', ') ', '1 ', '-1 ', 'S ', '0 '.repeat(20)));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const stat = parseStat(pieces.join(''));
        if (stat === null) return;
        for (const value of [stat.pid, stat.ppid, stat.session, stat.startTicks])
          expect(Number.isSafeInteger(value)).toBe(true);
      }),
    );
  });

  it('a title is one line of at most 256 characters without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        const title = parseTitle(Buffer.from(text).toString('latin1'), 'comm');
        expect(title.length).toBeLessThanOrEqual(256);
        expect(title).not.toMatch(/\p{Cc}/u);
        expect(title).not.toBe('');
      }),
    );
  });
});
