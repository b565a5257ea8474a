// Which word somebody may have meant.

/** Returns at most three of `candidates` that `word` may be a misspelling or a part of, the likeliest first. */
export function nearest(word: string, candidates: readonly string[]): readonly string[] {
  const limit = Math.min(4, Math.max(1, Math.floor(word.length / 3)));
  const close = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance);
  const best = close.filter(({ distance }) => distance === close[0]?.distance).map(({ candidate }) => candidate);
  if (best.length > 0 || word.length < 4) return best.slice(0, 3);
  return candidates.filter((candidate) => candidate.split('-').includes(word)).slice(0, 3);
}

/** Returns how many insertions, deletions, replacements and swaps of neighbours make `b` of `a`; words over 64 letters are cut. */
export function editDistance(a: string, b: string): number {
  const from = a.slice(0, 64);
  const to = b.slice(0, 64);
  let older: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) row.push(cheapest(from, to, i, j, { row, above, older }));
    older = above;
    above = row;
  }
  return above[to.length] ?? 0;
}

type Rows = { readonly row: readonly number[]; readonly above: readonly number[]; readonly older: readonly number[] };

function cheapest(from: string, to: string, i: number, j: number, { row, above, older }: Rows): number {
  const same = from[i - 1] === to[j - 1] ? 0 : 1;
  const cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
  const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
  return swapped ? Math.min(cost, (older[j - 2] ?? 0) + 1) : cost;
}
