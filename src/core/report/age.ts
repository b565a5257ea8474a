// How long ago, as a person says it: at most two units, so that a column of them stays narrow.
const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** Returns a span in ms as `350ms`, `12s`, `5m03s`, `2h05m` or `3d04h`; a negative one, of two clocks, as `0s`. */
export function renderAge(ms: number): string {
  if (ms > 0 && ms < 1_000) return `${Math.round(ms)}ms`;
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const largest = units.findIndex(([, size]) => seconds >= size);
  const [first, second] = largest === -1 ? [] : units.slice(largest, largest + 2);
  if (first === undefined) return '0s';
  const rest = second === undefined ? '' : pad(Math.floor((seconds % first[1]) / second[1]), second[0]);
  return `${Math.floor(seconds / first[1])}${first[0]}${rest}`;
}

const pad = (count: number, unit: string): string => `${String(count).padStart(2, '0')}${unit}`;
