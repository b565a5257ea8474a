import { keyValueRequest } from './field-numbers.ts';
import { frameMessage } from './grpc-frame.ts';
import { joined, textField } from './write-wire.ts';

// What we ask Ray's servers. All but health are services of the GCS (src/ray/protobuf/gcs_service.proto, the same in Ray
// 2.48.0 and 2.60.0); health is gRPC's own and every one of Ray's servers answers it, the raylet's node manager too.

/** The request path of each question. */
export const gcsPaths = {
  nodes: '/ray.rpc.NodeInfoGcsService/GetAllNodeInfo',
  version: '/ray.rpc.NodeInfoGcsService/CheckAlive',
  clusterId: '/ray.rpc.NodeInfoGcsService/GetClusterId',
  metadata: '/ray.rpc.InternalKVGcsService/InternalKVGet',
  health: '/grpc.health.v1.Health/Check',
} as const;

export type GcsQuestion = keyof typeof gcsPaths;

/** Returns the body of a question, framed. An empty message asks for all there is; only the key-value store needs a key. */
export function gcsBody(question: GcsQuestion): Uint8Array {
  if (question !== 'metadata') return frameMessage(new Uint8Array());
  // Key and namespace: python/ray/_common/usage/usage_constants.py.
  const key = textField(keyValueRequest.key, 'CLUSTER_METADATA');
  return frameMessage(joined([key, textField(keyValueRequest.namespace, 'cluster')]));
}
