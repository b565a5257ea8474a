import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { comparePep440, parsePep440 } from '#upstream/pep440.ts';
import { compareVersions, parseOperatorVersion } from '#upstream/version.ts';

const number = fc.nat({ max: 40 });
const identifier = fc.oneof(fc.nat({ max: 99 }).map(String), fc.stringMatching(/^[A-Za-z-][\dA-Za-z-]{0,4}$/));
const operatorText = fc
  .record({
    core: fc.array(number, { minLength: 1, maxLength: 3 }),
    pre: fc.option(fc.array(identifier, { minLength: 1, maxLength: 3 })),
    build: fc.option(identifier),
  })
  .map(
    ({ core, pre, build }) =>
      core.join('.') + (pre === null ? '' : `-${pre.join('.')}`) + (build === null ? '' : `+${build}`),
  );

const stage = (words: readonly string[]) =>
  fc.option(fc.tuple(fc.constantFrom(...words), number).map(([word, count]) => `${word}${count}`));
const pythonText = fc
  .tuple(
    fc.option(fc.nat({ max: 2 })),
    fc.array(number, { minLength: 1, maxLength: 4 }),
    stage(['a', 'b', 'rc']),
    stage(['.post']),
    stage(['.dev']),
    fc.option(fc.stringMatching(/^[a-z0-9]{1,3}(\.[a-z0-9]{1,3})?$/)),
  )
  .map(
    ([epoch, release, pre, post, dev, local]) =>
      `${epoch === null ? '' : `${epoch}!`}${release.join('.')}${pre ?? ''}${post ?? ''}${dev ?? ''}${local === null ? '' : `+${local}`}`,
  );

/** A total order: reflexive, antisymmetric, transitive. */
const isOrder = <V>(compare: (a: V, b: V) => number, [a, b, c]: readonly [V, V, V]): boolean =>
  compare(a, a) === 0 &&
  Math.sign(compare(a, b)) === -Math.sign(compare(b, a)) + 0 &&
  !(compare(a, b) <= 0 && compare(b, c) <= 0 && compare(a, c) > 0);

describe('operator versions', () => {
  test('never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), operatorText), (text) => {
        parseOperatorVersion(text);
      }),
    );
  });

  test('are in one order', () => {
    const version = operatorText.map(parseOperatorVersion).filter((parsed) => parsed !== null);
    fc.assert(fc.property(fc.tuple(version, version, version), (three) => isOrder(compareVersions, three)));
  });

  test('are read the same again, with v, leading zeros and build metadata or without', () => {
    fc.assert(
      fc.property(number, number, number, (major, minor, patch) => {
        const plain = parseOperatorVersion(`${major}.${minor}.${patch}`);
        const dressed = parseOperatorVersion(`v0${major}.0${minor}.0${patch}+x`);
        expect(dressed?.normal).toBe(plain?.normal);
        expect(parseOperatorVersion(plain?.normal ?? '')?.normal).toBe(plain?.normal);
      }),
    );
  });

  test('a pre-release comes before its release, and a release after every smaller one', () => {
    fc.assert(
      fc.property(number, fc.stringMatching(/^[a-z]{1,5}$/), (major, pre) => {
        const [before, release, after] = [`${major}.0.0-${pre}`, `${major}.0.0`, `${major}.0.1-${pre}`].map(
          parseOperatorVersion,
        );
        if (!before || !release || !after) throw new Error('all three are versions');
        expect([compareVersions(before, release) < 0, compareVersions(release, after) < 0]).toEqual([true, true]);
      }),
    );
  });
});

describe('Python versions', () => {
  test('never throw, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), pythonText), (text) => {
        parsePep440(text);
      }),
    );
  });

  test('are in one order', () => {
    const version = pythonText.map((text) => {
      const parsed = parsePep440(text);
      if (parsed === null) throw new Error(`${text} is a version`);
      return parsed;
    });
    fc.assert(fc.property(fc.tuple(version, version, version), (three) => isOrder(comparePep440, three)));
  });

  test('dev < rc < release < local < post of one number', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 3 }), number, (release, count) => {
        const base = release.join('.');
        const parsed = [`.dev${count}`, `rc${count}`, '', '+cpu', `.post${count}`].map((end) =>
          parsePep440(base + end),
        );
        for (const [index, lower] of parsed.slice(0, -1).entries()) {
          const higher = parsed[index + 1];
          if (!lower || !higher) throw new Error('all are versions');
          expect(comparePep440(lower, higher)).toBeLessThan(0);
        }
      }),
    );
  });
});
