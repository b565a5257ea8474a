// The document of `plan --json` (design section 5): stable, always complete, unknown is null also when there are errors.
import * as v from 'valibot';

const name = v.nullable(v.string());
const count = v.nullable(v.number());
const role = v.picklist(['leader', 'worker', 'single']);
const rule = v.picklist([
  'option',
  'override',
  'engine-flag',
  'origin-version',
  'operator-version',
  'legacy',
  'default',
  'not-needed',
]);
const outcome = v.picklist(['single', 'mp', 'ray', 'elastic-ep', 'data-parallel', 'replicas']);
const executor = v.picklist(['mp', 'ray']);

export const claimSchema = v.object({
  source: v.string(),
  complete: v.boolean(),
  used: v.boolean(),
  why: v.string(),
});

export const identitySchema = v.object({
  source: name,
  role: v.nullable(role),
  rank: count,
  size: count,
  leader: v.nullable(v.object({ host: v.string(), port: v.number(), via: v.string() })),
  group: name,
  generation: name,
  nodes: v.nullable(v.array(v.string())),
  claims: v.array(claimSchema),
});

export const decisionSchema = v.object({
  outcome: v.nullable(outcome),
  executor: v.nullable(executor),
  rule: v.nullable(rule),
  annotation: v.nullable(v.object({ key: v.string(), value: v.string() })),
  reason: v.string(),
});

const argv = v.pipe(
  v.array(v.string()),
  v.description('{node-address} and {ray-folder} in the words of Ray stand for what is known only when it is started.'),
);

export const processSchema = v.object({
  name: v.picklist(['engine', 'ray-head', 'ray-agent']),
  argv,
  env: v.object({ set: v.record(v.string(), v.nullable(v.string())), unset: v.array(v.string()) }),
  after: v.array(v.string()),
});

export const gateSchema = v.object({
  kind: v.picklist(['dns', 'group', 'tcp', 'http', 'ray-nodes', 'service', 'gpu-memory']),
  target: v.string(),
  deadlineMs: v.number(),
});

export const deadlineNames = [
  'dns',
  'group',
  'ray-nodes',
  'startup',
  'drain',
  'grace',
  'peer',
  'stall',
  'rejoin',
] as const;

const deadlines = Object.fromEntries(deadlineNames.map((key) => [key, v.number()])) as Record<
  (typeof deadlineNames)[number],
  v.NumberSchema<undefined>
>;

export const planSchema = v.object({
  schema: v.literal(1),
  identity: identitySchema,
  annotations: v.object({ values: v.record(v.string(), v.string()), source: name }),
  gpus: v.object({ count, source: name }),
  decision: decisionSchema,
  engine: v.object({
    profile: v.picklist(['dynamo', 'vllm', 'command']),
    version: name,
    mode: v.nullable(v.picklist(['aggregated', 'prefill', 'decode'])),
    command: v.array(v.string()),
    sizes: v.object({ tp: count, pp: count, dp: count, world: count }),
  }),
  processes: v.array(processSchema),
  gates: v.array(gateSchema),
  ports: v.object({
    status: count,
    group: count,
    master: count,
    rpc: count,
    engine: count,
    system: count,
    ray: count,
  }),
  deadlines: v.object(deadlines),
  warnings: v.array(v.object({ code: v.string(), message: v.string() })),
  errors: v.array(v.object({ code: v.number(), name: v.string(), message: v.string(), hint: v.string() })),
});
