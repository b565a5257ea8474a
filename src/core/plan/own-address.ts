// This node's own address, as others reach it. vLLM and Ray must have the same one: vLLM asks Ray for `node:<VLLM_HOST_IP>`.
import type { Facts } from '#core/facts.ts';
import { given } from '#core/identity/given.ts';

import type { Decided } from './launch.ts';
import { usesRay } from './launch.ts';
import type { Node } from './node-env.ts';
import { addressVariables, interfaceVariables } from './node-env.ts';

type Own = Pick<Node, 'address' | 'interface'>;

const unknown: Own = { address: null, interface: null };

/** Returns the address and interface that the engine gets; null is not known before the leader's name resolves. */
export function ownNode(launch: Decided): Own {
  const { facts, identity } = launch;
  if (!usesRay(launch)) return facts.route ?? unknown;
  const chosen = given(facts.env, 'VLLM_HOST_IP');
  if (chosen !== null) return { address: chosen, interface: interfaceOf(facts, chosen) };
  if (identity.size !== 1) return facts.route ?? unknown;
  // A node by itself has no leader to reach, and Ray replaces an address of the loopback by one of its own choice.
  const outer = facts.interfaces.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  const first = outer.find(({ address }) => !address.includes(':')) ?? outer[0];
  return { address: first?.address ?? '127.0.0.1', interface: first?.name ?? null };
}

/** A variable of a process; null is not known before its start. */
export type Variable = readonly [name: string, value: string | null];

/** Returns the variables that tell vLLM, NCCL and Gloo this node's own address and interface. */
export function nodeVariables(launch: Decided): Variable[] {
  const own = ownNode(launch);
  return [
    ...addressVariables.map((name): Variable => [name, own.address]),
    ...interfaceVariables.map((name): Variable => [name, own.interface]),
  ];
}

const interfaceOf = ({ interfaces, route }: Facts, own: string): string | null =>
  interfaces.find(({ address }) => address === own)?.name ?? route?.interface ?? null;
