// Which identities the host systems support: each complete claim, and each that becomes complete with others' help.
import type { Claim } from './claim.ts';
import { isComplete } from './claim.ts';
import type { Merged, Place } from './merge.ts';
import { agreements, differences, fill, lay, nobody } from './merge.ts';

/**
 * Returns the identities that are complete once the user's fields are laid over them, by precedence of who begins.
 * A source completes another over a field that both give alike, and only if no field that the user leaves open differs.
 * Where pods are numbered (and may be replicas) that decides only where no source of a group does.
 */
export function candidates(user: Merged, claims: readonly Claim[]): Merged[] {
  const members = claims.filter(({ counts }) => counts === 'members');
  const joined = members.map((start) => lay(user, join(user, start, members))).filter(whole);
  if (joined.length > 0) return joined;
  return claims
    .filter(({ counts }) => counts === 'pods')
    .map((alone) => lay(user, fill(nobody, alone)))
    .filter(whole);
}

/** Returns the first claim with what the others can add to it, also over what another one added just before. */
export function join(user: Merged, start: Claim, others: readonly Claim[]): Merged {
  const pass = (known: Merged): Merged =>
    others.reduce((sum, next) => (completes(user, sum.claim, next) ? fill(sum, next) : sum), known);
  // A claim gives one of three fields at least, and a pass that adds nothing is the last: two are enough.
  return pass(pass(fill(nobody, start)));
}

/** Returns a claim as it may stand beside the user's word: a group of one has no rank and no leader for a larger one. */
export const besideUser = (user: Merged, claim: Claim): Claim =>
  claim.size === 1 && (user.claim.size ?? 1) > 1 ? { ...claim, rank: null, leader: null } : claim;

const completes = (user: Merged, sum: Claim, next: Claim): boolean =>
  agreements(sum, next).length > 0 && openDifferences(user, sum, next).length === 0;

/** Returns the fields in which two claims differ and which the user did not settle. */
export const openDifferences = (user: Merged, a: Claim, b: Claim): Place[] =>
  differences(a, b).filter((place) => user.claim[place] === null);

const whole = ({ claim }: Merged): boolean => isComplete(claim);
