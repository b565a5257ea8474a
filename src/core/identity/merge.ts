// Claims laid over each other, field by field. A field that is there is never replaced, so the first to speak wins.
import { sameHost } from './address.ts';
import type { Claim } from './claim.ts';
import { claim } from './claim.ts';

export const places = ['rank', 'size', 'leader'] as const;
export type Place = (typeof places)[number];

/** A claim put together from several, and who gave each field. */
export type Merged = { readonly claim: Claim; readonly by: Readonly<Record<Place, Claim | null>> };

export const nobody: Merged = { claim: claim('', {}), by: { rank: null, size: null, leader: null } };

/** Returns a claim with its gaps filled from another one. */
export const fill = (first: Merged, next: Claim): Merged => lay(first, alone(next));

/** Returns what is put together already with its gaps filled from what else is. */
export function lay(first: Merged, next: Merged): Merged {
  const by = {
    rank: first.by.rank ?? next.by.rank,
    size: first.by.size ?? next.by.size,
    leader: first.by.leader ?? next.by.leader,
  };
  const [base, more] = [first.claim, next.claim];
  const merged = {
    source: givers(by)
      .map(({ source }) => source)
      .join(' + '),
    evidence: givers(by)
      .map(({ evidence }) => evidence)
      .join('; '),
    rank: base.rank ?? more.rank,
    size: base.size ?? more.size,
    leader: base.leader ?? more.leader,
    group: base.group ?? more.group,
    nodes: base.nodes ?? more.nodes,
  };
  return { claim: { ...base, ...merged }, by };
}

const alone = (only: Claim): Merged => {
  const giver = (place: Place): Claim | null => (only[place] === null ? null : only);
  return { claim: only, by: { rank: giver('rank'), size: giver('size'), leader: giver('leader') } };
};

/** Returns those who gave a field, each once. */
export const givers = (by: Merged['by']): Claim[] => [...new Set(places.flatMap((place) => by[place] ?? []))];

/** Returns the fields that two claims both give and do not give alike. */
export const differences = (a: Claim, b: Claim): Place[] => places.filter((place) => alike(a, b, place) === false);

/** Returns the fields that two claims both give alike. */
export const agreements = (a: Claim, b: Claim): Place[] => places.filter((place) => alike(a, b, place) === true);

/** Tells whether two claims give a field alike; null where one of them does not give it. */
function alike(a: Claim, b: Claim, place: Place): boolean | null {
  const [one, other] = [valueOf(a, place), valueOf(b, place)];
  if (one === null || other === null) return null;
  return typeof one === 'string' && typeof other === 'string' ? sameHost(one, other) : one === other;
}

const valueOf = (given: Claim, place: Place): string | number | null =>
  place === 'leader' ? (given.leader?.host ?? null) : given[place];

/** Returns one field as a person would say it. */
export const sayPlace = ({ rank, size, leader }: Claim, place: Place): string =>
  ({ rank: `rank ${rank}`, size: `size ${size}`, leader: `leader ${leader?.host}` })[place];

/** Returns what a claim gives of rank, size and leader, in words. */
export const sayPlaces = (given: Claim): string => {
  const said = places.filter((place) => given[place] !== null).map((place) => sayPlace(given, place));
  return said.length === 0 ? 'no rank, size or leader' : said.join(', ');
};
