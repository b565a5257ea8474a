// Variables that the engine gets from us unless the user set them; reasons in vllm.md 2.3 and dynamo.md 7.
import { given } from '#core/identity/given.ts';

import type { Decided } from './launch.ts';
import type { Variable } from './own-address.ts';
import { nodeVariables } from './own-address.ts';
import type { Deadlines, ProcessSpec } from './plan.ts';
import { clusterAddress, rayOwn } from './ray-env.ts';
import { rehearsalFaults } from './rehearsal.ts';
import { systemPort } from './system-server.ts';
import { unwanted } from './unwanted.ts';

/** Returns what is set and unset; null is this node's own address or interface, not known before the name resolves. */
export function engineEnvironment(launch: Decided, deadlines: Deadlines): ProcessSpec['env'] {
  const { env } = launch.facts;
  if (launch.profile === 'command') return { set: {}, unset: [] };
  const offered: readonly Variable[] = [
    ...(spansNodes(launch) ? [...nodeVariables(launch), readyTimeout(deadlines)] : []),
    ...rayOwn(launch),
    ...clusterAddress(launch),
    ...(launch.profile === 'dynamo' ? [['DYN_SYSTEM_PORT', String(systemPort)] as const] : []),
  ];
  const faults = rehearsalFaults(launch);
  const set: readonly Variable[] = [
    ...offered.filter(([name]) => given(env, name) === null),
    ...(faults === null ? [] : [['REHEARSAL_FAULT', faults] as const]),
  ];
  return { set: Object.fromEntries(set), unset: unwanted(launch) };
}

const readyTimeout = ({ startup }: Deadlines): Variable => [
  'VLLM_ENGINE_READY_TIMEOUT_S',
  String(Math.ceil(startup / 1000)),
];

/** Tells whether addresses of this node go to others: one engine spans nodes, or Ray stands between its processes. */
const spansNodes = ({ decision: { outcome } }: Decided): boolean => outcome !== 'single' && outcome !== 'replicas';
