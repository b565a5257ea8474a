// What KServe's multi-node runtime writes into head and workers; which of them a pod is stands in its spec alone.
export const kserveVariables = {
  head: 'HEAD_SVC',
  namespace: 'POD_NAMESPACE',
  size: 'RAY_NODE_COUNT',
  service: 'ISVC_NAME',
} as const;

/** Returns the head's address as KServe's own runtimes write it. */
export const kserveHead = (service: string, namespace: string): string => `${service}.${namespace}.svc.cluster.local`;
