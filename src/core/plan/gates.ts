// What is waited for before and after the start, the ports this takes, and how ready is told.
import type { Decided } from './launch.ts';
import type { Deadlines, Gate, LaunchPlan, PlanDocument, ReadinessTarget } from './plan.ts';
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
  const { identity, decision } = launch;
  const gates: Gate[] = [];
  const together = fateOf(launch) === 'together';
  const needsLeader = together || decision.outcome === 'mp';
  if (needsLeader && identity.leader !== null) {
    gates.push({ kind: 'dns', target: identity.leader.host, deadlineMs: deadlines.dns });
  }
  if (together && identity.leader !== null) {
    const target = `${inUrl(identity.leader.host)}:${identity.leader.port}`;
    gates.push({ kind: 'group', target, deadlineMs: deadlines.group });
  }
  for (const { host, port, path } of readinessOf(launch)) {
    gates.push({ kind: 'http', target: `http://${inUrl(host)}:${port}${path}`, deadlineMs: deadlines.startup });
  }
  return gates;
}

// An IPv6 address stands in brackets in front of a port.
const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Returns the questions that tell whether this node's engine is ready; none where it serves nothing. */
export function readinessOf(launch: Decided): ReadinessTarget[] {
  const { profile, fields, facts } = launch;
  if (!serves(launch)) return [];
  if (profile === 'dynamo') {
    const port = systemPortOf(facts.env);
    return port === null ? [] : systemPaths(facts.env).map((path) => ({ host: '127.0.0.1', port, path }));
  }
  if (profile === 'command') return [];
  const host = fields?.host.value ?? null;
  const everywhere = host === null || host === '0.0.0.0' || host === '::';
  return [{ host: everywhere ? '127.0.0.1' : host, port: fields?.port.value ?? vllmPort, path: '/health' }];
}

/** Tells whether this node's engine answers over HTTP: headless ones do not. */
function serves({ decision, identity, fields }: Decided): boolean {
  const worker = decision.outcome === 'mp' && identity.rank !== 0;
  return !worker && fields?.headless.value !== true;
}

/** Returns the ports of this launch; null is one that is not used. */
export function portsOf(launch: Decided): PlanDocument['ports'] {
  const { options, profile, decision, fields, facts } = launch;
  const asked = serves(launch);
  return {
    status: options['status-port'] === 0 ? null : options['status-port'],
    group: fateOf(launch) === 'together' ? options['group-port'] : null,
    master: decision.outcome === 'mp' ? options['master-port'] : null,
    engine: asked && profile === 'vllm' ? (fields?.port.value ?? vllmPort) : null,
    system: asked && profile === 'dynamo' ? systemPortOf(facts.env) : null,
    ray: null,
  };
}
