// The verdict over all claims: the user's word first, then complete sources, then what speaks for a group without a place in it.
import type { Problem, Warning } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';

import { besideUser, candidates, join, openDifferences } from './candidates.ts';
import { checkHost, checkPlace, missingPlace, proofs } from './check.ts';
import type { Claim } from './claim.ts';
import { isComplete } from './claim.ts';
import type { Merged } from './merge.ts';
import { differences, lay, nobody, places } from './merge.ts';
import { conflict, disagreeing, passedOver, unasked, undecided } from './remarks.ts';
import { mergeUser } from './user.ts';

/** `found`: `place` decides; `alone`: nothing speaks for a group; `unknown`: `place` is what is known, and `problems` say why. */
export type Verdict = {
  readonly state: 'found' | 'alone' | 'unknown';
  readonly user: Merged;
  readonly place: Merged;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
};

/** What everybody said, each list by precedence: users, host systems that decide, and those that would have to be asked. */
export type Testimony = {
  readonly typed: readonly Claim[];
  readonly told: readonly Claim[];
  readonly asked: readonly Claim[];
};

/** Returns the verdict over what the user typed and what host systems told. */
export function judge({ typed, told: said, asked }: Testimony, facts: Facts): Verdict {
  const { merged: user, problems, warnings } = mergeUser(typed);
  const base = { user, warnings };
  if (problems.length > 0) return { ...base, state: 'unknown', place: user, problems };
  if (isComplete(user.claim)) {
    const ignored = said.flatMap(passedOver);
    return { state: 'found', user, place: user, problems: checkPlace(user), warnings: [...warnings, ...ignored] };
  }
  const told = said.map((claim) => besideUser(user, claim));
  const broken = told.flatMap((claim) => claim.problems);
  const [first, ...others] = candidates(user, told);
  if (first === undefined) return withoutPlace({ typed, told, asked }, { ...base, problems: broken }, facts);
  const rival = others.find((other) => differences(first.claim, other.claim).length > 0);
  if (rival !== undefined)
    return { ...base, state: 'unknown', place: user, problems: [...broken, conflict(first, rival)] };
  const strays = told.filter(
    (claim) => claim.counts === 'members' && openDifferences(user, first.claim, claim).length > 0,
  );
  const elsewhere = user.claim.rank === null ? checkHost(first, facts) : [];
  return {
    state: 'found',
    user,
    place: first,
    problems: [...broken, ...checkPlace(first), ...elsewhere],
    warnings: [...warnings, ...strays.map((claim) => disagreeing(first, claim))],
  };
}

type Base = Pick<Verdict, 'user' | 'warnings' | 'problems'>;

/** An incomplete source alone neither decides nor blocks; what proves a group of more than one does. */
function withoutPlace({ typed, told, asked }: Testimony, base: Base, facts: Facts): Verdict {
  const members = told.filter(({ counts }) => counts === 'members');
  // Numbers of pods count where no source of a group speaks, and each for itself.
  const first = [...members, ...told].find((claim) => places.some((place) => claim[place] !== null));
  const place = first === undefined ? base.user : lay(base.user, join(base.user, first, members));
  const [proof] = [...typed, ...members].flatMap((claim) => proofs(claim, facts));
  if (base.problems.length > 0) return { ...base, state: 'unknown', place };
  if (proof !== undefined)
    return { ...base, state: 'unknown', place, problems: [missingPlace(place.claim, proof, asked)] };
  const silent = asked.filter((claim) => proofs(claim, facts).length > 0);
  const warnings = [...base.warnings, ...[...typed, ...told].filter(saysSome).map(undecided), ...silent.map(unasked)];
  return { ...base, state: 'alone', place: nobody, warnings };
}

const saysSome = ({ rank, leader, note }: Claim): boolean => rank !== null || leader !== null || note !== null;
