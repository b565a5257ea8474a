// The verdict over all claims: the user's word first, then complete sources, then what speaks for a group without a place in it.
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';

import { candidates, join, openDifferences } from './candidates.ts';
import { checkPlace, missingPlace, proofs } from './check.ts';
import type { Claim } from './claim.ts';
import { isComplete } from './claim.ts';
import type { Merged } from './merge.ts';
import { differences, lay, nobody, sayPlaces } from './merge.ts';
import { mergeUser } from './user.ts';

/** `found`: `place` decides; `alone`: nothing speaks for a group; `unknown`: `place` is what is known, and `problems` say why. */
export type Verdict = {
  readonly state: 'found' | 'alone' | 'unknown';
  readonly user: Merged;
  readonly place: Merged;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
};

/** Returns the verdict over what the user typed and what host systems told, each by precedence. */
export function judge(typed: readonly Claim[], told: readonly Claim[], facts: Facts): Verdict {
  const { merged: user, problems, warnings } = mergeUser(typed);
  const base = { user, warnings };
  if (problems.length > 0) return { ...base, state: 'unknown', place: user, problems };
  if (isComplete(user.claim)) {
    const ignored = told.flatMap(({ source, problems: theirs }) =>
      theirs.map(({ message }) => passedOver(source, message)),
    );
    return { state: 'found', user, place: user, problems: checkPlace(user), warnings: [...warnings, ...ignored] };
  }
  const broken = told.flatMap((claim) => claim.problems);
  const [first, ...others] = candidates(user, told);
  if (first === undefined) return withoutPlace(typed, told, { ...base, problems: broken }, facts);
  const rival = others.find((other) => differences(first.claim, other.claim).length > 0);
  if (rival !== undefined)
    return { ...base, state: 'unknown', place: user, problems: [...broken, conflict(first, rival)] };
  const strays = told.filter(
    (claim) => claim.counts === 'members' && openDifferences(user, first.claim, claim).length > 0,
  );
  return {
    state: 'found',
    user,
    place: first,
    problems: [...broken, ...checkPlace(first)],
    warnings: [...warnings, ...strays.map((claim) => disagreeing(first, claim))],
  };
}

type Base = Pick<Verdict, 'user' | 'warnings' | 'problems'>;

/** An incomplete source alone neither decides nor blocks; what proves a group of more than one does. */
function withoutPlace(typed: readonly Claim[], told: readonly Claim[], base: Base, facts: Facts): Verdict {
  const members = told.filter(({ counts }) => counts === 'members');
  const [first] = members;
  const place = first === undefined ? base.user : lay(base.user, join(base.user, first, members));
  const proof = [...typed, ...members].flatMap((claim) => proofs(claim, facts));
  const [reason] = proof;
  if (base.problems.length > 0) return { ...base, state: 'unknown', place };
  if (reason !== undefined) return { ...base, state: 'unknown', place, problems: [missingPlace(place.claim, reason)] };
  const incomplete = [...typed, ...told].filter(({ rank, leader }) => rank !== null || leader !== null);
  return { ...base, state: 'alone', place: nobody, warnings: [...base.warnings, ...incomplete.map(undecided)] };
}

const conflict = (first: Merged, rival: Merged): Problem =>
  problem(
    'config',
    `cannot tell which is true: ${testimony(first.claim)}, but ${testimony(rival.claim)}`,
    'correct one of them, or settle it with --nnodes, --node-rank and --leader',
  );

const testimony = (claim: Claim): string => `${claim.source} says ${sayPlaces(claim)} (${claim.evidence})`;

const undecided = (claim: Claim): Warning => ({
  code: 'identity-incomplete',
  message: `${testimony(claim)}, which is no whole identity: this node runs alone; give --nnodes, --node-rank and --leader if it is one of several`,
});

const disagreeing = (first: Merged, claim: Claim): Warning => ({
  code: 'source-disagrees',
  message: `${testimony(claim)}, but ${sayPlaces(first.claim)} by ${first.claim.source} is used`,
});

const passedOver = (source: string, message: string): Warning => ({
  code: 'source-ignored',
  message: `${message} (the options decide, so ${source} is not needed)`,
});
