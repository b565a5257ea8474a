// What is waited for before and after the start, the ports this takes, and how ready is told.
import { given } from '#core/identity/given.ts';

import { systemPort } from './environment.ts';
import type { Decided } from './launch.ts';
import type { Deadlines, Gate, LaunchPlan, PlanDocument, ReadinessTarget } from './plan.ts';

const vllmPort = 8000;

/** Returns whether members stop together; `alone` where launchers have no link. */
export function fateOf({ identity, options, decision }: Decided): LaunchPlan['fate'] {
  if ((identity.size ?? 1) <= 1 || options['no-group'] || decision.outcome === 'single') return 'alone';
  return (
    options.fate ?? (decision.outcome === 'replicas' || decision.outcome === 'data-parallel' ? 'apart' : 'together')
  );
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
    const target = `${identity.leader.host}:${identity.leader.port}`;
    gates.push({ kind: 'group', target, deadlineMs: deadlines.group });
  }
  for (const { host, port, path } of readinessOf(launch)) {
    gates.push({ kind: 'http', target: `http://${host}:${port}${path}`, deadlineMs: deadlines.startup });
  }
  return gates;
}

/** Returns the questions that tell whether this node's engine is ready; none where it serves nothing. */
export function readinessOf(launch: Decided): ReadinessTarget[] {
  const { profile, fields, identity, decision } = launch;
  if (decision.outcome === 'mp' && (identity.rank ?? 0) > 0) return [];
  if (fields?.headless.value === true) return [];
  if (profile === 'dynamo') {
    const port = dynamoPort(launch);
    return port === null ? [] : ['/live', '/health'].map((path) => ({ host: '127.0.0.1', port, path }));
  }
  if (profile !== 'vllm') return [];
  const host = fields?.host.value ?? null;
  const everywhere = host === null || host === '0.0.0.0' || host === '::' || host === '';
  return [{ host: everywhere ? '127.0.0.1' : host, port: fields?.port.value ?? vllmPort, path: '/health' }];
}

/** Returns the port of Dynamo's system status server, or null where the user switched it off (dynamo.md 9). */
function dynamoPort({ facts }: Decided): number | null {
  const text = given(facts.env, 'DYN_SYSTEM_PORT');
  if (text === null) return systemPort;
  return /^\d{1,5}$/.test(text) && Number(text) > 0 ? Number(text) : null;
}

/** Returns the ports of this launch; null is one that is not used. */
export function portsOf(launch: Decided): PlanDocument['ports'] {
  const { options, profile, decision, fields } = launch;
  return {
    status: options['status-port'] === 0 ? null : options['status-port'],
    group: fateOf(launch) === 'together' ? options['group-port'] : null,
    master: decision.outcome === 'mp' ? options['master-port'] : null,
    engine: profile === 'vllm' ? (fields?.port.value ?? vllmPort) : null,
    system: profile === 'dynamo' ? dynamoPort(launch) : null,
    ray: null,
  };
}
