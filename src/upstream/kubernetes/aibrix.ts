// What AIBrix' PodSet writes into its pods (pkg/controller/constants/stormservice.go).
export const aibrixVariables = {
  rank: 'POD_GROUP_INDEX',
  size: 'POD_GROUP_SIZE',
  podSet: 'PODSET_NAME',
  service: 'STORM_SERVICE_NAME',
  revision: 'ROLE_TEMPLATE_HASH',
} as const;

/** Returns the host of a rank, relative to the pod's own namespace. */
export const aibrixHost = (podSet: string, service: string, rank: number): string => `${podSet}-${rank}.${service}`;
