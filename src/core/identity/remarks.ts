// What is said about claims that disagree, are not whole, or were not asked.
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';

import { trusting } from './check.ts';
import type { Claim } from './claim.ts';
import type { Merged } from './merge.ts';
import { sayPlaces } from './merge.ts';

const testimony = (claim: Claim): string => `${claim.source} says ${sayPlaces(claim)} (${claim.evidence})`;

/** Returns the refusal of two whole identities that differ, both shown. */
export const conflict = (first: Merged, rival: Merged): Problem =>
  problem(
    'config',
    `cannot tell which is true: ${testimony(first.claim)}, but ${testimony(rival.claim)}`,
    'correct one of them, or settle it with --nnodes, --node-rank and --leader',
  );

/** Returns the warning about a source that says something of a group and not enough, where nothing proves that there is one. */
export const undecided = (claim: Claim): Warning => ({
  code: 'identity-incomplete',
  message: `${testimony(claim)}, which is no whole identity${claim.note === null ? '' : ` (${claim.note})`}: this node runs alone; give --nnodes, --node-rank and --leader if it is one of several`,
});

/** Returns the warning about a source that knows of a group and only informs. */
export const unasked = (claim: Claim): Warning => ({
  code: 'source-not-trusted',
  message: `${testimony(claim)}, but it decides only with ${trusting(claim)}: this node runs alone`,
});

/** Returns the warning about a source that says otherwise than the one that decides. */
export const disagreeing = (first: Merged, claim: Claim): Warning => ({
  code: 'source-disagrees',
  message: `${testimony(claim)}, but ${sayPlaces(first.claim)} by ${first.claim.source} is used`,
});

/** Returns a warning for each thing that is wrong with a source which is not needed. */
export const passedOver = ({ source, problems }: Claim): Warning[] =>
  problems.map(({ message }) => ({
    code: 'source-ignored',
    message: `${message} (the options decide, so ${source} is not needed)`,
  }));
