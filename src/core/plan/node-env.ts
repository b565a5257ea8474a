// What is known of this node only when a process starts: its own address and interface, once the leader's name resolves, and
// the folder that Ray gets. Values that are null and texts with a {placeholder} wait for them.
import type { ProcessSpec } from './plan.ts';

export const addressVariables = ['VLLM_HOST_IP', 'VLLM_NIXL_SIDE_CHANNEL_HOST'] as const;
export const interfaceVariables = ['NCCL_SOCKET_IFNAME', 'GLOO_SOCKET_IFNAME', 'TP_SOCKET_IFNAME'] as const;
/** Where vLLM looks for the first data-parallel rank; left alone it is 127.0.0.1, which is no node of Ray (dynamo.md 2.4). */
export const masterVariable = 'VLLM_DP_MASTER_IP';

/** Stand in the words and variables of Ray's processes. */
export const placeholders = { address: '{node-address}', folder: '{ray-folder}' } as const;

export type Node = {
  readonly address: string | null;
  readonly interface: string | null;
  /** Private to this launch and short: sockets lie in it. */
  readonly folder: string | null;
};

/** Returns the process with what waited for this node filled in; a variable that stays unknown is left out. */
export function fillNode(spec: ProcessSpec, node: Node): ProcessSpec {
  const set = Object.entries(spec.env.set).flatMap(([name, value]): [string, string][] => {
    const filled = value ?? valueOf(name, node);
    return filled === null ? [] : [[name, fillText(filled, node)]];
  });
  // The user's own words reach the engine byte for byte.
  const argv = spec.name === 'engine' ? spec.argv : spec.argv.map((word) => fillText(word, node));
  return { ...spec, argv, env: { ...spec.env, set: Object.fromEntries(set) } };
}

function valueOf(name: string, node: Node): string | null {
  if (name === masterVariable || (addressVariables as readonly string[]).includes(name)) return node.address;
  return (interfaceVariables as readonly string[]).includes(name) ? node.interface : null;
}

/** Returns a text with the placeholders replaced whose values are known; an IPv6 address in front of a port gets its brackets. */
export function fillText(text: string, { address, folder }: Pick<Node, 'address' | 'folder'>): string {
  const placed =
    address === null
      ? text
      : text
          .replaceAll(`${placeholders.address}:`, () => `${inUrl(address)}:`)
          .replaceAll(placeholders.address, () => address);
  return folder === null ? placed : placed.replaceAll(placeholders.folder, () => folder);
}

/** Returns the placeholders that are still in a process; with any of them it must not be started. */
export function unfilled({ name, argv, env }: ProcessSpec): string[] {
  const texts = [...(name === 'engine' ? [] : argv), ...Object.values(env.set)];
  return Object.values(placeholders).filter((each) => texts.some((text) => text?.includes(each) === true));
}

/** Returns a host as it stands in front of a port: an IPv6 address in brackets. */
export const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);
