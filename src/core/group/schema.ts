import * as v from 'valibot';

import { exitCodes } from '#core/errors.ts';
import type { ExitName } from '#core/errors.ts';

import { byteLength, cutText, printable } from '#core/text.ts';

import { bounds } from './bounds.ts';
import { protocolVersion } from './message.ts';
import type { Frame } from './message.ts';
import { agreedVersion } from './protocol.ts';

// What a frame must look like before anything else reads it. Unknown fields are dropped, unknown kinds refused.
export type FrameRead =
  | { readonly ok: true; readonly frame: Frame }
  /** `protocol`: a launcher of a version we do not speak; `malformed`: anything else that is no frame. */
  | { readonly ok: false; readonly why: 'protocol' | 'malformed'; readonly reason: string };

/** Returns the frame that a text is, or why it is none; the reason is one short printable line. */
export function readFrame(text: string): FrameRead {
  if (text.length > bounds.frameBytes || byteLength(text) > bounds.frameBytes) return malformed('longer than 64 KiB');
  const value = readJson(text);
  if (value === undefined) return malformed('not JSON');
  const envelope = v.safeParse(envelopeSchema, value, { abortEarly: true });
  if (!envelope.success) return malformed(issueText(envelope.issues[0]));
  const { min, max } = envelope.output.protocol;
  const frame = v.safeParse(frameSchema, value, { abortEarly: true });
  const greets = frame.success && handshake.has(frame.output.body.kind);
  if (agreedVersion({ min, max }) === null && !greets)
    return { ok: false, why: 'protocol', reason: otherProtocol(min, max) };
  return frame.success ? { ok: true, frame: frame.output } : malformed(issueText(frame.issues[0]));
}

// These stay as they are in every version, so that two launchers that do not understand each other can say so.
const handshake: ReadonlySet<string> = new Set(['challenge', 'hello', 'refused']);

const malformed = (reason: string): FrameRead => ({ ok: false, why: 'malformed', reason });

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not swallowed: no JSON text gives undefined, so the caller can tell.
    return undefined;
  }
}

const otherProtocol = (min: number, max: number): string =>
  `speaks protocol ${min} to ${max}, we speak ${protocolVersion.min} to ${protocolVersion.max}`;

// What was said stands first: the list of what is allowed may be long.
function issueText(issue: v.BaseIssue<unknown>): string {
  const { expected, message, received } = issue;
  const what = expected === null ? message : `${cutText(received, 80)} where ${expected} belongs`;
  return printable(`${v.getDotPath(issue) ?? 'frame'}: ${what}`, 200);
}

const text = (length: number) => v.pipe(v.string(), v.maxLength(length));
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));

const names = Object.keys(exitCodes) as [ExitName, ...ExitName[]];
const rank = whole(0, bounds.size - 1);
const status = whole(0, 255);
const age = v.pipe(v.number(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const generation = v.nullable(text(bounds.name));

export const epochSchema = v.object({
  leader: text(bounds.name),
  counter: whole(0, Number.MAX_SAFE_INTEGER),
});

export const causeSchema = v.object({
  kind: v.picklist([
    'process-died',
    'spawn-failed',
    'startup-timeout',
    'peer-lost',
    'collateral',
    'gate-timeout',
    'refused',
    'os',
    'internal',
    'asked',
    'stop-forced',
  ]),
  rank: v.nullable(rank),
  host: v.nullable(text(bounds.name)),
  process: v.nullable(text(bounds.name)),
  pid: v.nullable(whole(0, Number.MAX_SAFE_INTEGER)),
  exitCode: v.nullable(status),
  signal: v.nullable(text(bounds.word)),
  code: status,
  decidedBy: v.picklist(['launcher', 'engine']),
  message: text(bounds.message),
  lastLines: v.pipe(v.array(text(bounds.line)), v.maxLength(bounds.lines)),
  seenBy: v.nullable(rank),
});

const helloSchema = v.object({
  rank,
  size: whole(1, bounds.size),
  generation,
  host: text(bounds.name),
  groupPort: whole(1, 65_535),
  fields: v.pipe(
    v.array(
      v.object({
        field: text(bounds.field),
        value: v.nullable(text(bounds.value)),
        digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{1,64}$/)),
      }),
    ),
    v.maxLength(bounds.fields),
  ),
});

const kind = <K extends string>(name: K) => v.literal(name);

const bodySchema = v.variant('kind', [
  v.object({ kind: kind('challenge'), key: text(bounds.name), generation }),
  v.object({ kind: kind('hello'), hello: helloSchema }),
  v.object({ kind: kind('welcome'), rank, host: text(bounds.name) }),
  v.object({ kind: kind('refused'), name: v.picklist(names), reason: text(bounds.reason) }),
  v.object({ kind: kind('wait'), reason: text(bounds.reason) }),
  v.object({ kind: kind('start'), epoch: epochSchema }),
  v.object({
    kind: kind('heartbeat'),
    phase: text(bounds.word),
    ready: v.boolean(),
    missing: v.pipe(v.array(rank), v.maxLength(bounds.size)),
    ray: v.exactOptional(text(bounds.name)),
  }),
  v.object({ kind: kind('report'), cause: causeSchema, ageMs: age }),
  v.object({ kind: kind('stop-asked'), by: text(bounds.reason) }),
  v.object({ kind: kind('stop'), mode: v.picklist(['fault', 'asked', 'hurry']), cause: causeSchema, ageMs: age }),
  v.object({ kind: kind('drained') }),
  v.object({ kind: kind('verdict'), cause: causeSchema }),
  v.object({ kind: kind('leaving'), code: v.nullable(status) }),
]);

/** The part that every version has: read first, so that a stranger's version is named and not called malformed. */
const envelopeSchema = v.object({
  protocol: v.object({ min: whole(1, 1_000), max: whole(1, 1_000) }),
  group: v.nullable(text(bounds.name)),
  incarnation: v.pipe(text(bounds.name), v.minLength(1)),
  epoch: v.nullable(epochSchema),
  seq: whole(0, Number.MAX_SAFE_INTEGER),
});

const frameSchema = v.object({ ...envelopeSchema.entries, body: bodySchema });
