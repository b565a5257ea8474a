// This node's own address and interface in the engine's environment: known only once the leader's name resolves.
import type { ProcessSpec } from './plan.ts';

export const addressVariables = ['VLLM_HOST_IP', 'VLLM_NIXL_SIDE_CHANNEL_HOST'] as const;
export const interfaceVariables = ['NCCL_SOCKET_IFNAME', 'GLOO_SOCKET_IFNAME', 'TP_SOCKET_IFNAME'] as const;

type Node = { readonly address: string | null; readonly interface: string | null; readonly folder: string | null };

/** Returns the process with the values that wait for this node's address; one that stays unknown is left out. */
export function fillNode(spec: ProcessSpec, node: Node): ProcessSpec {
  const set = Object.entries(spec.env.set).flatMap(([name, value]): [string, string][] => {
    const filled = value ?? valueOf(name, node);
    return filled === null ? [] : [[name, filled]];
  });
  return { ...spec, env: { ...spec.env, set: Object.fromEntries(set) } };
}

function valueOf(name: string, node: Node): string | null {
  if ((addressVariables as readonly string[]).includes(name)) return node.address;
  return (interfaceVariables as readonly string[]).includes(name) ? node.interface : null;
}
