import * as v from 'valibot';

import { causeSchema, epochSchema } from '#core/group/schema.ts';
import { decisionSchema, identitySchema } from '#core/plan/schema.ts';

// The document of GET /status (design section 8): stable, always complete, unknown is null. Times are unix milliseconds.
const name = v.nullable(v.string());
const count = v.nullable(v.number());

// Read from a launcher on purpose, not taken from a stranger: as long as it likes.
const cause = v.nullable(
  v.object({
    ...causeSchema.entries,
    host: name,
    process: name,
    signal: name,
    message: v.string(),
    lastLines: v.array(v.string()),
  }),
);

export const memberSchema = v.object({
  rank: v.number(),
  host: name,
  phase: name,
  ready: v.boolean(),
  /** Since when it is a member; null while it is missing. */
  sinceMs: count,
  gpus: count,
  /** How long ago it was last heard; null for this launcher itself and for a missing one. */
  heardMsAgo: count,
  cause,
});

export const waitSchema = v.object({
  gate: v.string(),
  target: v.string(),
  missing: v.array(v.number()),
  sinceMs: v.number(),
  deadlineMs: count,
});

const raySchema = v.object({
  address: v.string(),
  /** By what it is asked: on the wire of its GCS, by `ray status`, or only whether it serves. */
  means: v.picklist(['wire', 'cli', 'health']),
  cluster: name,
  waiting: name,
  nodes: v.array(v.object({ ip: v.string(), state: v.picklist(['alive', 'draining', 'dead']), gpus: v.number() })),
});

export const statusSchema = v.object({
  schema: v.literal(1),
  /** When the document was made, so that ages can be told without the reader's clock. */
  nowMs: v.number(),
  identity: identitySchema,
  decision: decisionSchema,
  mode: v.nullable(v.picklist(['aggregated', 'prefill', 'decode'])),
  phase: v.string(),
  phases: v.array(v.object({ phase: v.string(), sinceMs: v.number() })),
  ready: v.boolean(),
  reason: v.string(),
  epoch: v.nullable(epochSchema),
  members: v.array(memberSchema),
  engine: v.object({
    profile: v.picklist(['dynamo', 'vllm', 'command']),
    version: name,
    pids: v.array(v.number()),
    argv: v.array(v.string()),
  }),
  gpus: v.object({ count, source: name }),
  /** Null without Ray; its nodes are the leader's to say. */
  ray: v.nullable(raySchema),
  cause,
  restarts: v.number(),
  waiting: v.array(waitSchema),
  rehearsal: v.boolean(),
  /** The engine's last lines; null for a reader that is not on this node. */
  tail: v.nullable(v.array(v.string())),
});

export type StatusRead =
  | { readonly ok: true; readonly document: v.InferOutput<typeof statusSchema> }
  | { readonly ok: false; readonly reason: string };

/** Returns the status document that a value is, or the first place where it is none. */
export function readStatus(value: unknown): StatusRead {
  const read = v.safeParse(statusSchema, value, { abortEarly: true });
  if (read.success) return { ok: true, document: read.output };
  const [issue] = read.issues;
  return { ok: false, reason: `${v.getDotPath(issue) ?? 'document'}: ${issue.message}` };
}
