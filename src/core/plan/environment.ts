// Variables that the engine gets from us unless the user set them; reasons in vllm.md 2.3 and dynamo.md 7.
import { given } from '#core/identity/given.ts';

import type { Decided } from './launch.ts';
import { addressVariables, interfaceVariables } from './node-env.ts';
import type { Deadlines, ProcessSpec } from './plan.ts';
import { rehearsalFaults } from './rehearsal.ts';
import { systemPort } from './system-server.ts';

/** Returns what is set and unset; null is this node's own address or interface, not known before the name resolves. */
export function engineEnvironment(launch: Decided, deadlines: Deadlines): ProcessSpec['env'] {
  const { env } = launch.facts;
  const set: Record<string, string | null> = {};
  const offer = (name: string, value: string | null) => {
    if (given(env, name) === null) set[name] = value;
  };
  if (launch.profile === 'command') return { set, unset: [] };
  if (spansNodes(launch)) {
    const { route } = launch.facts;
    for (const name of addressVariables) offer(name, route?.address ?? null);
    for (const name of interfaceVariables) offer(name, route?.interface ?? null);
    offer('VLLM_ENGINE_READY_TIMEOUT_S', String(Math.ceil(deadlines.startup / 1000)));
  }
  const faults = rehearsalFaults(launch);
  if (faults !== null) set['REHEARSAL_FAULT'] = faults;
  if (launch.profile === 'dynamo') offer('DYN_SYSTEM_PORT', String(systemPort));
  return { set, unset: serviceVariables(env) };
}

/** Tells whether one engine spans nodes, so that addresses of this node go to others. */
export const spansNodes = ({ decision, identity }: Decided): boolean =>
  (identity.size ?? 1) > 1 && decision.outcome !== 'single' && decision.outcome !== 'replicas';

// A Service called vllm injects VLLM_PORT=tcp://..., which vLLM refuses to start with (vllm.md 2.2).
const serviceVariables = (env: Readonly<Record<string, string>>): string[] =>
  given(env, 'VLLM_PORT')?.includes('://') === true ? ['VLLM_PORT'] : [];
