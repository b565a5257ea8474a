// Names that the Dynamo operator decided (consts.go; design section 2), and the versions from which it means mp.

/** Annotation by which a user chooses the backend; compared case-insensitively, not trimmed. */
export const backendAnnotation = 'nvidia.com/vllm-distributed-executor-backend';
export const backendValues: readonly string[] = ['mp', 'ray'];

/** Every key of the operator's own begins so; no other mark tells a pod of a Dynamo deployment. */
export const dynamoKeyPrefix = 'nvidia.com/dynamo-';

/** Annotation that holds the version of the operator under which a deployment was created; stamped at creation, then left. */
export const operatorVersionAnnotation = 'nvidia.com/dynamo-operator-version';

/**
 * Annotations that hold the operator version which created a deployment, the first wins; each has its own threshold.
 * Sources: operator feature gate VLLMMultiprocessing (1.0.0); seeds/000-mp-backend.md (0.9.0).
 */
export const backendGates = [
  { rule: 'origin-version', key: 'nvidia.com/dynamo-operator-origin-version', mpFrom: '1.0.0' },
  { rule: 'operator-version', key: operatorVersionAnnotation, mpFrom: '0.9.0' },
] as const;

/** Variable by which the operator tells a pod its deployment (component_common.go). */
export const deploymentVariable = 'DYN_PARENT_DGD_K8S_NAME';

/** Provider-neutral identity, set from operator 1.6.0 on; there is no size among them. */
export const rankVariable = 'DYNAMO_RANK';
export const leaderVariable = 'DYNAMO_LEADER_ADDRESS';
export const neutralVariablesFrom = '1.6.0';
