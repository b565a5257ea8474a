// What KubeRay writes into the pods of a RayCluster. Whether a pod is the head is in its type; workers know the head's Service.
export const kuberayVariables = { cluster: 'RAY_CLUSTER_NAME', type: 'RAY_NODE_TYPE_NAME', head: 'FQ_RAY_IP' } as const;

/** The place among the hosts of one multi-host replica (behind a feature gate); the head is none of them. */
export const hostIndexLabel = 'ray.io/replica-host-index';
