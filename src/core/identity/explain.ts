// Why each claim won or lost, for `plan`.
import type { IdentityDocument } from '#core/plan/plan.ts';

import { trusting } from './check.ts';
import type { Claim } from './claim.ts';
import { isComplete } from './claim.ts';
import type { Verdict } from './judge.ts';
import { differences, givers, places, sayPlace, sayPlaces } from './merge.ts';

type Row = IdentityDocument['claims'][number];

/** Returns a row for every claim in the order given: whether it was whole, whether it was used, and why. */
export const explainClaims = (claims: readonly Claim[], asked: readonly Claim[], verdict: Verdict): Row[] =>
  claims.map((claim) => {
    const used = verdict.state === 'found' && givers(verdict.place.by).includes(claim);
    const why = used ? gives(claim, verdict) : lost(claim, asked.includes(claim), verdict);
    return { source: claim.source, complete: isComplete(claim), used, why: withEvidence(why, claim) };
  });

const withEvidence = (why: string, { evidence }: Claim): string => (evidence === '' ? why : `${why} (${evidence})`);

function gives(claim: Claim, { place }: Verdict): string {
  const given = places.filter((field) => place.by[field] === claim);
  return `gives ${given.map((field) => sayPlace(claim, field)).join(', ')}`;
}

function lost(claim: Claim, onlyInforms: boolean, verdict: Verdict): string {
  const [broken] = claim.problems;
  const reasons = [
    broken === undefined ? compared(claim, onlyInforms, verdict) : broken.message,
    ...(claim.note === null ? [] : [claim.note]),
    ...(onlyInforms ? [`it decides only with ${trusting(claim)}`] : []),
  ];
  return reasons.join('; ');
}

function compared(claim: Claim, onlyInforms: boolean, { state, user, place }: Verdict): string {
  if (state !== 'found') {
    const end = state === 'unknown' ? 'nothing could be decided' : 'nothing proves that there is a second node';
    return onlyInforms ? `says ${sayPlaces(claim)}` : `says ${sayPlaces(claim)}; ${end}`;
  }
  const winner = isComplete(user.claim) ? 'the options decide' : `${place.claim.source} decides`;
  const differing = differences(place.claim, claim).map((field) => sayPlace(claim, field));
  return differing.length > 0 ? `${winner}; differs: ${differing.join(', ')}` : `${winner}; adds nothing to it`;
}
