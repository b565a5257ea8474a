import { protocolVersion } from './message.ts';

// Which versions of the group protocol understand each other. A rolling upgrade mixes neighbours, never more.
export type VersionRange = { readonly min: number; readonly max: number };

/** Returns the versions that a launcher of version `current` speaks: its own and the one before. */
export const rangeOf = (current: number): VersionRange => ({ min: Math.max(1, current - 1), max: current });

/** Returns the highest version that both sides speak, or null where there is none. */
export function agreedVersion(theirs: VersionRange, ours: VersionRange = protocolVersion): number | null {
  if (theirs.min > theirs.max) return null;
  const highest = Math.min(theirs.max, ours.max);
  return highest >= Math.max(theirs.min, ours.min) ? highest : null;
}
