// The variables of a Ray cluster: equal on head, agents and engine unless the user set them.
import { given } from '#core/identity/given.ts';
import { rayPorts } from '#upstream/ray/ports.ts';
import { addressVariable, authVariable, metricsVariables, rayVariables } from '#upstream/ray/start-variables.ts';

import type { Decided } from './launch.ts';
import { usesRay } from './launch.ts';
import { fillText, masterVariable, placeholders } from './node-env.ts';
import type { Variable } from './own-address.ts';
import { nodeVariables, ownNode } from './own-address.ts';
import type { ProcessSpec, RayPlan } from './plan.ts';
import { authMode } from './ray-auth.ts';
import { unwanted } from './unwanted.ts';

/** Returns the environment of Ray's own processes; what vLLM's ranks find on an agent, they have from there. */
export function rayEnvironment(launch: Decided, { role, port }: RayPlan): ProcessSpec['env'] {
  const ours = [...nodeVariables(launch), ...rayOwn(launch), ...(role === 'head' ? headPorts(port) : [])];
  const missing = ours.filter(([name]) => given(launch.facts.env, name) === null);
  return { set: Object.fromEntries(missing), unset: unwanted(launch) };
}

function headPorts(gcs: number): Variable[] {
  const { autoscalerMetrics, dashboardMetrics } = rayPorts(gcs);
  return [
    [metricsVariables.autoscaler, String(autoscalerMetrics)],
    [metricsVariables.dashboard, String(dashboardMetrics)],
  ];
}

/** Returns what Ray and the engine must both be told; the token's mode because Ray would choose on each node by itself. */
export function rayOwn(launch: Decided): Variable[] {
  if (!usesRay(launch)) return [];
  const { decision, identity } = launch;
  const first = decision.outcome === 'elastic-ep' && (identity.size === 1 || identity.rank === 0);
  return [
    ...Object.entries(rayVariables),
    [authVariable, authMode(launch)],
    ...(first ? [[masterVariable, ownNode(launch).address] as const] : []),
  ];
}

/** Returns where the engine finds its Ray: at the GCS of its own node. */
export function clusterAddress(launch: Decided): Variable[] {
  if (!usesRay(launch)) return [];
  const { address } = ownNode(launch);
  const gcs = fillText(`${placeholders.address}:${launch.options['ray-port']}`, { address, folder: null });
  return [[addressVariable, gcs]];
}
