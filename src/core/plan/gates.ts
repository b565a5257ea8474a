// What is waited for before and after the start, the ports this takes, and how ready is told.
import type { Decided } from './launch.ts';
import { serves, usesRay } from './launch.ts';
import { inUrl } from './node-env.ts';
import type { Deadlines, Gate, LaunchPlan, PlanDocument, ReadinessTarget } from './plan.ts';
import { rayPlanOf } from './ray-place.ts';
import { serviceTarget, servicesOf } from './services.ts';
import { systemPaths, systemPortOf } from './system-server.ts';

const vllmPort = 8000;

/** Returns whether members stop together; `alone` where launchers have no link. */
export function fateOf({ identity, options, decision, fields }: Decided): LaunchPlan['fate'] {
  const { outcome } = decision;
  if ((identity.size ?? 1) <= 1 || options['no-group'] || outcome === 'single') return 'alone';
  if (options.fate !== null) return options.fate;
  if (outcome === 'data-parallel') return fields?.enableExpertParallel.value === true ? 'together' : 'apart';
  return outcome === 'replicas' ? 'apart' : 'together';
}

/** Returns the gates in the order in which they are passed. */
export function gatesOf(launch: Decided, deadlines: Deadlines): Gate[] {
  const { identity } = launch;
  const { outcome } = launch.decision;
  const gates: Gate[] = [];
  const together = fateOf(launch) === 'together';
  const needsLeader = together || outcome === 'mp' || outcome === 'data-parallel' || usesRay(launch);
  if (needsLeader && identity.leader !== null) {
    gates.push({ kind: 'dns', target: identity.leader.host, deadlineMs: deadlines.dns });
  }
  for (const service of servicesOf(launch))
    gates.push({ kind: 'service', target: serviceTarget(service), deadlineMs: deadlines.dns });
  if (together && identity.leader !== null) {
    const target = `${inUrl(identity.leader.host)}:${identity.leader.port}`;
    gates.push({ kind: 'group', target, deadlineMs: deadlines.group });
  }
  gates.push(...leaderReadinessOf(launch).map((target) => httpGate(target, deadlines)));
  const ray = rayPlanOf(launch);
  if (ray !== null) {
    gates.push({ kind: 'ray-nodes', target: `${inUrl(ray.host)}:${ray.port}`, deadlineMs: deadlines['ray-nodes'] });
  }
  gates.push(...readinessOf(launch).map((target) => httpGate(target, deadlines)));
  return gates;
}

const httpGate = ({ host, port, path }: ReadinessTarget, { startup }: Deadlines): Gate => ({
  kind: 'http',
  target: `http://${inUrl(host)}:${port}${path}`,
  deadlineMs: startup,
});

/** Returns what an agent of elastic-ep asks the leader where it does not hear of it over the group link (dynamo.md 2.4). */
export function leaderReadinessOf(launch: Decided): ReadinessTarget[] {
  const { decision, identity, profile, facts } = launch;
  const { leader, rank } = identity;
  const hears = fateOf(launch) === 'together';
  if (decision.outcome !== 'elastic-ep' || leader === null || rank === null || rank === 0 || hears) return [];
  const port = enginePort(launch);
  const [path] = profile === 'dynamo' ? systemPaths(facts.env) : ['/health'];
  return port === null || path === undefined ? [] : [{ host: leader.host, port, path }];
}

/** Returns the port at which the engine, where it serves, says that it is ready; null where it says so at none. */
export function enginePort({ profile, fields, facts }: Decided): number | null {
  if (profile === 'dynamo') return systemPortOf(facts.env);
  return profile === 'vllm' ? (fields?.port.value ?? vllmPort) : null;
}

/** Returns the questions that tell whether this node's engine is ready; none where it serves nothing. */
export function readinessOf(launch: Decided): ReadinessTarget[] {
  const { profile, fields, facts } = launch;
  const port = enginePort(launch);
  if (!serves(launch) || port === null) return [];
  if (profile === 'dynamo') return systemPaths(facts.env).map((path) => ({ host: '127.0.0.1', port, path }));
  const host = fields?.host.value ?? null;
  const everywhere = host === null || host === '0.0.0.0' || host === '::';
  return [{ host: everywhere ? '127.0.0.1' : host, port, path: '/health' }];
}

/** Returns the ports of this launch; null is one that is not used. */
export function portsOf(launch: Decided): PlanDocument['ports'] {
  const { options, profile, decision } = launch;
  const port = serves(launch) ? enginePort(launch) : null;
  return {
    status: options['status-port'] === 0 ? null : options['status-port'],
    group: fateOf(launch) === 'together' ? options['group-port'] : null,
    master: decision.outcome === 'mp' ? options['master-port'] : null,
    rpc: decision.outcome === 'data-parallel' ? options['data-parallel-rpc-port'] : null,
    engine: profile === 'vllm' ? port : null,
    system: profile === 'dynamo' ? port : null,
    ray: rayPlanOf(launch)?.port ?? null,
  };
}
