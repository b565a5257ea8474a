// SkyPilot: rank, number of nodes and their addresses, in the run section of every node.
import { isHost } from '#core/identity/address.ts';
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, mostNames } from '#core/identity/claim.ts';
import { readPlace, readVariables } from '#core/identity/read-place.ts';
import { skypilotVariables as names } from '#upstream/skypilot.ts';

/** Returns the claim of SkyPilot, or null outside a task of its. */
export function fromSkyPilot({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, names);
  if (read.rank === null && read.size === null && read.addresses === null) return null;
  const hosts = (read.addresses ?? '').trim().split(/\s+/, mostNames);
  return claim('skypilot', {
    ...readPlace({
      rank: [read.rank, names.rank],
      size: [read.size, names.size],
      leader: [read.addresses === null ? null : (hosts[0] ?? null), names.addresses],
    }),
    group: read.task,
    nodes: hosts.every(isHost) ? hosts : null,
    evidence,
  });
}
