// Every wait has a deadline (design section 5); values in ms.
import { isDynamoPod } from './decision.ts';
import type { Launch } from './launch.ts';
import type { Deadlines } from './plan.ts';

const graceMs = 25_000;
// The operator gives pods 60 s, and Dynamo's own orderly end takes longer than vLLM's (dynamo.md 11).
const graceUnderDynamoMs = 50_000;
const reserveMs = 10_000;
const endpointsMs = 5_000;

/** Returns the deadlines of a launch from its options. */
export function deadlinesOf({ options, profile, podinfo, facts }: Launch): Deadlines {
  const dynamo = profile === 'dynamo' || isDynamoPod(podinfo, facts.env);
  const grace = options.grace ?? (dynamo ? graceUnderDynamoMs : graceMs);
  return {
    dns: options['dns-timeout'],
    group: options['group-timeout'],
    'ray-nodes': options['ray-nodes-timeout'],
    startup: options['startup-timeout'],
    drain: options['drain-timeout'] ?? Math.max(0, grace - reserveMs),
    grace,
    peer: options['peer-timeout'],
    stall: options['stall-timeout'],
    rejoin: options['rejoin-timeout'],
  };
}

/** Returns how long the engine keeps serving after SIGTERM so that endpoints are removed first. */
export const drainDelayOf = ({ options, facts }: Launch): number =>
  options['drain-delay'] ?? (facts.inPod ? endpointsMs : 0);
