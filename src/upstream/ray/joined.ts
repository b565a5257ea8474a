import type { RayNode } from './node.ts';

// Which of the wanted nodes have joined Ray. Ray counts every agent that ever registered: the dead are none, and two alive
// at one address are one that joined twice, of which one may be about to be found dead. As long as that lasts the cluster
// is not ready: Ray would place work on either, and vLLM wants one node per address (vllm/v1/executor/ray_utils.py).
export type WantedNodes = {
  readonly nodes: number;
  readonly gpusEach: number;
  /** As the nodes' `--node-ip-address`; null where nobody knows them beforehand. */
  readonly ips: readonly string[] | null;
};

export type JoinedNodes = {
  /** Every wanted node lives, with its GPUs and once, and the head is among the living. */
  readonly ready: boolean;
  /** How many of the wanted nodes live (once each, GPUs or not); without known addresses, of all that live. */
  readonly present: number;
  readonly wanted: number;
  /** Wanted addresses at which nobody lives; empty where the addresses are not known. */
  readonly missing: readonly string[];
  readonly short: readonly { readonly ip: string; readonly gpus: number; readonly wanted: number }[];
  /** Living nodes that nobody wants, by address: told, not waited for; without known addresses those beyond the number. */
  readonly surplus: readonly string[];
  readonly doubled: readonly { readonly ip: string; readonly ids: readonly string[] }[];
  /** Alive, but told to leave: they count as not there. */
  readonly draining: readonly string[];
  /** Null until the head's own raylet has registered: its GCS answers before that. */
  readonly head: string | null;
};

/** Returns how far the living nodes are what is wanted, addresses in the order of Ray's list (missing: of the wanted). */
export function compareNodes(nodes: readonly RayNode[], want: WantedNodes): JoinedNodes {
  const places = livingByIp(nodes);
  const ips = want.ips === null ? null : [...new Set(want.ips.map(plain))];
  const wanted = ips === null ? places : places.filter(({ ip }) => ips.includes(ip));
  const surplus = ips === null ? places.slice(want.nodes) : places.filter(({ ip }) => !ips.includes(ip));
  const full = wanted.filter(({ gpus }) => gpus >= want.gpusEach);
  const doubled = wanted.filter(({ ids }) => ids.length > 1).map(({ ip, ids }) => ({ ip, ids }));
  const missing = (ips ?? []).filter((ip) => !places.some((place) => place.ip === ip));
  const head = places.find(({ isHead }) => isHead)?.ip ?? null;
  // With known addresses all of them, also where the number says less.
  const enough = full.length >= want.nodes && (ips === null || full.length === ips.length);
  return {
    ready: enough && doubled.length === 0 && head !== null,
    present: wanted.length,
    wanted: want.nodes,
    missing,
    short: wanted.filter((place) => !full.includes(place)).map(({ ip, gpus }) => ({ ip, gpus, wanted: want.gpusEach })),
    surplus: surplus.map(({ ip }) => ip),
    doubled,
    draining: nodes.filter(({ state }) => state === 'draining').map(({ ip }) => plain(ip)),
    head,
  };
}

type Place = { readonly ip: string; readonly gpus: number; readonly isHead: boolean; readonly ids: readonly string[] };

// Of two at one address the one with fewer GPUs says what is sure to be there.
function livingByIp(nodes: readonly RayNode[]): readonly Place[] {
  const places = new Map<string, Place>();
  for (const node of nodes) {
    if (node.state !== 'alive') continue;
    const ip = plain(node.ip);
    const before = places.get(ip) ?? { ip, gpus: node.gpus, isHead: false, ids: [] };
    places.set(ip, {
      ip,
      gpus: Math.min(before.gpus, node.gpus),
      isHead: before.isHead || node.isHead,
      ids: [...before.ids, node.id],
    });
  }
  return [...places.values()];
}

// Hexadecimal digits of an IPv6 address may be written either way.
const plain = (ip: string): string => ip.toLowerCase();
