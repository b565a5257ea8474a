// Who this node is (design section 3): sources make claims, claims make one identity or a conflict. Nothing is guessed.
import type { Problem, Warning } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import type { IdentityDocument } from '#core/plan/plan.ts';

import { openDifferences } from './candidates.ts';
import type { Claim } from './claim.ts';
import { explainClaims } from './explain.ts';
import type { Verdict } from './judge.ts';
import { judge } from './judge.ts';
import { givers } from './merge.ts';
import type { PodinfoReading } from './podinfo.ts';
import type { Source } from './sources/table.ts';
import { isAsked, sources } from './sources/table.ts';

export type Identification = {
  readonly identity: IdentityDocument;
  readonly warnings: readonly Warning[];
  readonly problems: readonly Problem[];
};

/** Returns the identity of this node, every claim that was considered, and what forbids to go on. */
export function identify(facts: Facts, podinfo: PodinfoReading, options: Options): Identification {
  const read = (voice: Source['voice']): Claim[] =>
    sources.flatMap((source) => (source.voice === voice ? (source.read({ facts, podinfo, options }) ?? []) : []));
  const [typed, host] = [read('user'), read('host')];
  const trusted = options['trust-source'] ?? [];
  const decides = ({ source }: Claim): boolean => !isAsked(source) || trusted.includes(source);
  const told = host.filter(decides);
  const asked = host.filter((claim) => !decides(claim));
  const verdict = judge({ typed, told, asked }, facts);
  const speaking = told.filter((claim) => speaks(claim, verdict));
  const identity = {
    ...describePlace(verdict, options['group-port']),
    group: verdict.user.claim.group ?? firstOf(speaking, 'group'),
    generation: firstOf(speaking, 'generation'),
    claims: explainClaims([...typed, ...host], asked, verdict),
  };
  return { identity, warnings: verdict.warnings, problems: verdict.problems };
}

/**
 * Tells whether a claim may name group and generation: it gave part of the place, or speaks of a group and of no other one.
 * A StatefulSet below a group has a revision of its own, which differs between leader and workers.
 */
const speaks = (claim: Claim, { user, place }: Verdict): boolean =>
  givers(place.by).includes(claim) ||
  (claim.counts === 'members' && openDifferences(user, place.claim, claim).length === 0);

const firstOf = (claims: readonly Claim[], field: 'group' | 'generation'): string | null =>
  claims.find((claim) => claim[field] !== null)?.[field] ?? null;

type PlaceDocument = Pick<IdentityDocument, 'source' | 'role' | 'rank' | 'size' | 'leader' | 'nodes'>;

const alone: PlaceDocument = { source: null, role: 'single', rank: 0, size: 1, leader: null, nodes: null };

/** What is known stays in the document when something forbids to go on; the role is told only when nothing does. */
function describePlace({ state, place, problems }: Verdict, groupPort: number): PlaceDocument {
  if (state === 'alone') return alone;
  const { source, size, leader, nodes } = place.claim;
  const rank = place.claim.rank ?? (size === 1 ? 0 : null);
  return {
    source: state === 'found' ? source : null,
    role: problems.length === 0 ? roleOf(rank, size) : null,
    rank,
    size,
    leader:
      leader === null || size === 1 ? null : { host: leader.host, port: leader.port ?? groupPort, via: leader.via },
    nodes: nodes !== null && nodes.length === size ? nodes : null,
  };
}

function roleOf(rank: number | null, size: number | null): IdentityDocument['role'] {
  if (size === 1) return 'single';
  return rank === 0 ? 'leader' : 'worker';
}
