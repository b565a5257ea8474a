// The field numbers we read, one table. Source: src/ray/protobuf/gcs_service.proto, gcs.proto and common.proto, as the
// generated code of Ray 2.48.0 and 2.60.0 has them; the same in both but for temp_dir and session_dir, which 2.48 lacks.
// Internal to Ray: a number may change with any release, hence the self-check in read-nodes.ts.

/** All replies of GCS services: status first. */
export const replyFields = { status: 1 } as const;
/** GcsStatus: code 0 is OK (src/ray/common/status.h StatusCode), 17 is NotFound. */
export const statusFields = { code: 1, message: 2 } as const;
export const allNodeInfoReply = { nodes: 2 } as const;
export const checkAliveReply = { rayVersion: 2 } as const;
export const clusterIdReply = { clusterId: 2 } as const;
export const keyValueRequest = { key: 1, namespace: 2 } as const;
export const keyValueReply = { value: 2 } as const;

/** GcsNodeInfo, as much of it as we read. */
export const nodeFields = {
  id: 1,
  ip: 2,
  nodeManagerPort: 5,
  state: 7,
  hostname: 8,
  resources: 11,
  name: 12,
  isHead: 25,
  snapshot: 28,
  death: 29,
  tempDir: 32,
  sessionDir: 33,
} as const;

/** A map's entry, in any protocol buffer. */
export const entryFields = { key: 1, value: 2 } as const;
/** NodeSnapshot; state 3 is DRAINING (0 undefined, 1 idle, 2 active). */
export const snapshotFields = { state: 1 } as const;
export const drainingState = 3;
/** NodeDeathInfo. */
export const deathFields = { reason: 1, message: 2 } as const;
/** GcsNodeInfo.GcsNodeState; proto3 leaves out zero, so no state at all is ALIVE. */
export const nodeStates = ['alive', 'dead'] as const;
/** NodeDeathInfo.Reason. */
export const deathReasons = ['unspecified', 'expected', 'unexpected', 'drain-preempted', 'drain-idle'] as const;

/** grpc.health.v1.HealthCheckResponse (grpc/grpc-proto health.proto) and its ServingStatus. */
export const healthReply = { status: 1 } as const;
export const healthStates = ['unknown', 'serving', 'not serving', 'service unknown'] as const;
