// What a place in a group must hold, and what proves that there is a group at all.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';

import { isHere, isLoopback, mayBeHere } from './address.ts';
import type { Claim } from './claim.ts';
import type { Merged, Place } from './merge.ts';
import { places, sayPlace } from './merge.ts';

/** Returns what is wrong with a complete place: a rank beyond the size, a leader that only its own machine can reach. */
export function checkPlace({ claim, by }: Merged): Problem[] {
  const { rank, size, leader } = claim;
  const found: Problem[] = [];
  if (size !== null && (rank ?? 0) >= size) {
    const message = `cannot use rank ${rank} (${saidBy(by.rank)}): size ${size} (${saidBy(by.size)}) has ranks 0 to ${size - 1}`;
    found.push(problem('config', message, 'correct one of them, or give --node-rank and --nnodes'));
  }
  if (size !== null && size > 1 && leader !== null && isLoopback(leader.host) && by.leader?.source !== 'local') {
    const message = `cannot use leader ${leader.host} (${saidBy(by.leader)}): the other nodes cannot reach it`;
    found.push(
      problem(
        'config',
        message,
        'give --leader with a name or address that every node reaches, or use vllm-launch local',
      ),
    );
  }
  return found;
}

const saidBy = (giver: Claim | null): string => `${giver?.source}: ${giver?.evidence}`;

/** Returns each field of a claim that proves a group of more than one node, as a sentence. */
export function proofs(claim: Claim, facts: Facts): string[] {
  const proving: Readonly<Record<Place, boolean>> = {
    size: (claim.size ?? 0) > 1,
    rank: (claim.rank ?? 0) > 0,
    leader: claim.leader !== null && !mayBeHere(claim.leader.host, facts),
  };
  return (['size', 'rank', 'leader'] as const)
    .filter((place) => proving[place])
    .map((place) => `${claim.source} says ${sayPlace(claim, place)} (${claim.evidence})`);
}

const remedies = { rank: '--node-rank R', size: '--nnodes N', leader: '--leader HOST[:PORT]' } as const;

/** Returns the refusal of a node that is in a group but does not know its whole place, with what gives the rest. */
export function missingPlace(known: Claim, proof: string, asked: readonly Claim[]): Problem {
  const open = places.filter((place) => known[place] === null);
  const message = `cannot tell this node's place in its group: ${proof}, but nothing says the ${open.join(' and ')}`;
  const able = asked.find((claim) => open.every((place) => claim[place] !== null));
  const trust = able === undefined ? '' : `, or ${trusting(able)}`;
  return problem('config', message, `give ${open.map((place) => remedies[place]).join(' and ')}${trust}`);
}

/** Returns the option that lets a source decide. */
export const trusting = ({ source }: Claim): string => `--trust-source ${source}`;

/** Returns what is wrong where the host systems list the members and this host stands at another rank than they say. */
export function checkHost({ claim, by }: Merged, here: Facts): Problem[] {
  const { rank, size, nodes } = claim;
  if (rank === null || nodes === null || nodes.length !== size) return [];
  const ours = [...nodes.keys()].filter((place) => isHere(nodes[place] ?? '', here));
  const [found] = ours;
  if (found === undefined || ours.includes(rank)) return [];
  const message = `cannot use rank ${rank} (${saidBy(by.rank)}): this host is ${nodes[found]}, which has rank ${found}`;
  return [problem('config', message, 'correct it, or give --node-rank')];
}
