// This node's part in a Ray cluster: head or agent, of how many nodes, and where the GCS is.
import { given } from '#core/identity/given.ts';
import { folderVariable } from '#upstream/ray/start-variables.ts';

import type { Decided } from './launch.ts';
import { usesRay } from './launch.ts';
import { ownNode } from './own-address.ts';
import type { RayPlan } from './plan.ts';

/** Returns what is needed of this node's Ray, or null without Ray or where this node's place in it is not known. */
export function rayPlanOf(launch: Decided): RayPlan | null {
  const { identity, facts, options, decision } = launch;
  const { size, rank, leader } = identity;
  const gpusPerNode = facts.gpus?.count ?? 0;
  const alone = size === 1;
  const host = alone ? ownNode(launch).address : (leader?.host ?? null);
  if (!usesRay(launch) || host === null || size === null || (rank === null && !alone) || gpusPerNode === 0) return null;
  const elastic = decision.outcome === 'elastic-ep';
  return {
    role: alone || rank === 0 ? 'head' : 'agent',
    host,
    port: options['ray-port'],
    address: ownNode(launch).address,
    nodes: elastic ? 1 : size,
    gpusPerNode,
    temp: tempOf(launch),
    joins: elastic ? 'when-leader-ready' : 'at-once',
    version: facts.ray?.version ?? null,
  };
}

/** Returns the folder in which Ray's own lies: the user's, or /tmp. */
export const tempOf = ({ facts }: Decided): string => (given(facts.env, folderVariable) ?? '/tmp').replace(/\/+$/, '');
