// What the user typed, laid together: the numbers first, then a rank read somewhere, then lists of hosts.
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';

import type { Claim } from './claim.ts';
import type { Merged, Place } from './merge.ts';
import { differences, fill, nobody, sayPlace } from './merge.ts';

export type UserWord = {
  readonly merged: Merged;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
};

/**
 * Returns the user's claim. --node-rank and --leader beat what a list or --rank-from says (with a warning for the rank);
 * lists and --rank-from must agree with each other, and --nnodes with the length of a list.
 */
export function mergeUser(claims: readonly Claim[]): UserWord {
  const numbers = claims.filter(({ source }) => isNumbers(source));
  const derived = claims.filter(({ source }) => !isNumbers(source));
  const clashes = [
    ...numbers.flatMap((a) => derived.flatMap((b) => clash(a, b, ['size']))),
    ...derived.flatMap((a, index) => derived.slice(index + 1).flatMap((b) => clash(a, b, ['rank', 'size', 'leader']))),
  ];
  const beaten = numbers.flatMap((a) =>
    derived.flatMap((b) => (differences(a, b).includes('rank') ? [beats(a, b)] : [])),
  );
  return {
    merged: claims.reduce(fill, nobody),
    problems: [...claims.flatMap(({ problems }) => problems), ...clashes],
    warnings: beaten,
  };
}

const isNumbers = (source: string): boolean => source === 'options' || source === 'local';

const clash = (a: Claim, b: Claim, over: readonly Place[]): Problem[] =>
  differences(a, b)
    .filter((place) => over.includes(place))
    .map((place) => {
      const both = `${sayPlace(a, place)} by ${a.source} (${a.evidence}), ${sayPlace(b, place)} by ${b.source} (${b.evidence})`;
      return problem(
        'config',
        `cannot follow options that contradict each other: ${both}`,
        'correct or drop one of them',
      );
    });

const beats = (a: Claim, b: Claim): Warning => ({
  code: 'rank-differs',
  message: `${sayPlace(a, 'rank')} is used (${a.evidence}) although ${b.source} says ${sayPlace(b, 'rank')} (${b.evidence})`,
});
