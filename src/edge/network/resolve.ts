import { isIP } from 'node:net';

import { connectReason } from './connect-reason.ts';
import { lookupAll } from './lookup.ts';
import { routeTo } from './route.ts';

// The leader's name as an address, and the address of ours that reaches it. Asked once; the gate asks again.
export type Resolved =
  | { readonly address: string; readonly own: string | null; readonly interface: string | null }
  | { readonly reason: string };

/** Returns the address of a name or IP literal with our own address on the way there, or why there is none in time. */
export async function resolveLeader(host: string, timeoutMs: number): Promise<Resolved> {
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(literal) === 0 ? await addressesOf(host, timeoutMs) : [literal];
  if (typeof found === 'string') return { reason: found };
  const reachable = isIP(literal) === 0 ? reachableOf(literal, found) : found;
  return typeof reachable === 'string' ? { reason: reachable } : withRoute(reachable);
}

/**
 * Returns the addresses of a name that other machines may have for it too, or why there are none: a hosts file may tie a machine's own
 * name to 127.0.1.1 (Debian Policy, hosts file of the installer), which would be given to the engines of all nodes.
 */
export function reachableOf(host: string, addresses: readonly string[]): readonly string[] | string {
  if (/(^|\.)localhost\.?$/i.test(host)) return addresses;
  const reachable = addresses.filter((address) => !/^(127\.|::1$|::ffff:127\.)/i.test(address));
  if (reachable.length > 0 || addresses.length === 0) return reachable;
  return `it is ${addresses.join(', ')} here, which no other node reaches: mend the hosts file, or give --leader an address`;
}

async function addressesOf(host: string, timeoutMs: number): Promise<readonly string[] | string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer from the resolver within ${timeoutMs} ms`), timeoutMs);
  });
  const answer = lookupAll(host).then((all) => all.map(({ address }) => address), connectReason);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

// The resolver's first address that this node has a way to; a name with an IPv6 record is no use without IPv6.
async function withRoute(addresses: readonly string[]): Promise<Resolved> {
  for (const address of addresses) {
    const route = await routeTo(address);
    if (route !== null) return { address, ...route };
  }
  const [address] = addresses;
  return address === undefined ? { reason: 'name has no address' } : { address, own: null, interface: null };
}
