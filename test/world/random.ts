// Numbers that look random and are the same in every run with the same seed (mulberry32).
export type Random = {
  readonly next: () => number;
  readonly pick: <T>(list: readonly [T, ...(readonly T[])]) => T;
};

export function openRandom(seed: number): Random {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, pick: (list) => list[Math.floor(next() * list.length)] ?? list[0] };
}
