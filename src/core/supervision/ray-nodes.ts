// Who of the group is in Ray's cluster: members by the address that each says it has there.
import { compareNodes } from '#upstream/ray/joined.ts';
import type { RayNode } from '#upstream/ray/node.ts';

import type { RayAnswer } from './event.ts';
import type { Base } from './state.ts';

export type Gathered =
  | { readonly kind: 'ready' }
  | { readonly kind: 'waits'; readonly why: string }
  /** Waiting is no use: a node has less than was planned, and what it has is fixed when it joins. */
  | { readonly kind: 'short'; readonly rank: number | null; readonly message: string };

type Member = { readonly rank: number; readonly host: string; readonly ip: string | null };

/** Returns this node's address as Ray is told it; the user's own choice beats the route to the leader. */
export const ownRayAddress = ({ node, plan }: Base): string | null => plan.ray?.address ?? node.address;

/** Returns the members of the group with their addresses in Ray's cluster; null where one has not said it yet. */
export const rayMembers = (base: Base): readonly Member[] => [
  { rank: base.self.rank, host: base.self.host, ip: ownRayAddress(base) },
  ...base.group.peers.map(({ rank, host, ray }) => ({ rank, host, ip: ray })),
];

/** Returns whether all nodes that the engine needs are there with their GPUs, or who is missing. */
export function gatherNodes(base: Base, nodes: readonly RayNode[]): Gathered {
  const { ray, fate } = base.plan;
  if (ray === null) return { kind: 'ready' };
  const members = ray.nodes > 1 ? rayMembers(base) : rayMembers(base).slice(0, 1);
  const ips = fate === 'together' ? members.flatMap(({ ip }) => (ip === null ? [] : [ip])) : null;
  const joined = compareNodes(nodes, { nodes: ray.nodes, gpusEach: ray.gpusPerNode, ips });
  const silent = fate === 'together' && (ips ?? []).length < ray.nodes;
  if (joined.ready && !silent) return { kind: 'ready' };
  const [short] = joined.short;
  const nameOf = (ip: string) => members.find((member) => member.ip === ip);
  if (short !== undefined) {
    const member = nameOf(short.ip);
    const message = `cannot start the engine: Ray's node ${short.ip}${member === undefined ? '' : ` (rank ${member.rank})`} has ${short.gpus} GPUs, and ${short.wanted} are planned`;
    return { kind: 'short', rank: member?.rank ?? null, message };
  }
  const missing = members.filter(({ ip }) => ip === null || joined.missing.includes(ip)).map(sayMember);
  const doubled = joined.doubled.map(({ ip }) => `two nodes at ${ip}, until Ray finds the old one dead`);
  const draining = joined.draining.map((ip) => `${ip} is draining`);
  const head = joined.head === null ? ["the head's own node"] : [];
  const waits = [...missing, ...doubled, ...draining, ...head].join(', ');
  return {
    kind: 'waits',
    why: `${joined.present} of ${ray.nodes} nodes are there; missing: ${waits || 'not known who'}`,
  };
}

/** Returns a member for a person. */
export const sayMember = ({ rank, host, ip }: Member): string =>
  `rank ${rank} (${host}${ip === null ? '' : `, ${ip}`})`;

/** Returns what came of a question to Ray, for a person. */
export function sayRayAnswer(judgement: RayAnswer['judgement']): string {
  switch (judgement.kind) {
    case 'answered':
      return 'it answers';
    case 'refused':
      return 'connection refused';
    case 'unreachable':
    case 'unresolved':
    case 'unreadable':
      return judgement.reason;
    case 'half-answer':
      return `half an answer (${judgement.reason})`;
    case 'hangs':
      return judgement.while === 'connecting' ? 'no connection in time' : 'it does not answer in time';
    case 'not-ray':
      return `it is not Ray but speaks ${judgement.speaks}`;
    case 'authentication':
      return `its token is another one: ${judgement.message}`;
    case 'too-large':
      return `an answer of more than ${judgement.bytes} bytes`;
    case 'grpc-error':
    case 'gcs-error':
      return `error ${judgement.code}: ${judgement.message}`;
  }
}
