// Ranks as a person reads them: runs as ranges, and never more than fit a line.
const longest = 12;

/** Returns ranks in ascending order as `1-5, 7`; of more than 12 runs the rest is counted. */
export function renderRanks(ranks: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const rank of [...new Set(ranks)].toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.to === rank - 1) last.to = rank;
    else runs.push({ from: rank, to: rank });
  }
  const shown = runs.slice(0, longest).map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  const more = runs.slice(longest).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
