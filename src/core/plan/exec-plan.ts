// The plan of `exec`: one process, no identity, no gates, exit code passed through whatever it is.
import type { Options } from '#core/options.ts';

import type { IdentityDocument, LaunchPlan, PlanDocument } from './plan.ts';

const graceMs = 25_000;

const nobody: IdentityDocument = {
  source: null,
  role: 'single',
  rank: 0,
  size: 1,
  leader: null,
  group: null,
  generation: null,
  nodes: null,
  claims: [],
};

/** Returns the plan that only looks after one command. */
export function execPlan(options: Options, argv: readonly string[], host: string): LaunchPlan {
  return {
    document: documentOf(argv, options.grace ?? graceMs),
    problems: [],
    host,
    fate: 'alone',
    exits: 'passthrough',
    drainDelayMs: 0,
    amendMs: 0,
    readiness: [],
    leaderReadiness: [],
    needs: { model: null, downloads: null, host: null, services: [], rankPorts: [] },
    foreignRay: [],
    fingerprint: [],
    rehearsal: false,
    ray: null,
  };
}

const documentOf = (argv: readonly string[], grace: number): PlanDocument => ({
  schema: 1,
  identity: nobody,
  annotations: { values: {}, source: null },
  gpus: { count: null, source: null },
  decision: { outcome: 'single', executor: null, rule: 'not-needed', annotation: null, reason: 'exec' },
  engine: {
    profile: 'command',
    version: null,
    mode: null,
    command: argv,
    sizes: { tp: null, pp: null, dp: null, world: null },
  },
  processes: [{ name: 'engine', argv, env: { set: {}, unset: [] }, after: [] }],
  gates: [],
  ports: { status: null, group: null, master: null, rpc: null, engine: null, system: null, ray: null },
  deadlines: { dns: 0, group: 0, 'ray-nodes': 0, startup: 0, drain: grace, grace, peer: 0, stall: 0, rejoin: 0 },
  warnings: [],
  errors: [],
});
