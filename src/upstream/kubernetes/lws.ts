// What LeaderWorkerSet writes into its pods (sigs.k8s.io/lws pod webhook): variables first in every container's environment.
const prefix = 'leaderworkerset.sigs.k8s.io/';

export const lwsVariables = {
  rank: 'LWS_WORKER_INDEX',
  size: 'LWS_GROUP_SIZE',
  leader: 'LWS_LEADER_ADDRESS',
} as const;

export const lwsLabels = {
  name: `${prefix}name`,
  group: `${prefix}group-index`,
  revision: `${prefix}template-revision-hash`,
} as const;

/** Returns the address of a rank: the leader's with `-rank` before the first dot (pods of a group are StatefulSet ordinals). */
export function lwsHost(leader: string, rank: number): string {
  if (rank === 0) return leader;
  const dot = leader.indexOf('.');
  return dot === -1 ? `${leader}-${rank}` : `${leader.slice(0, dot)}-${rank}${leader.slice(dot)}`;
}
