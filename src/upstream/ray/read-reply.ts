import {
  checkAliveReply,
  clusterIdReply,
  healthReply,
  healthStates,
  keyValueReply,
  replyFields,
  statusFields,
} from './field-numbers.ts';
import type { RayNode } from './node.ts';
import type { GcsQuestion } from './question.ts';
import { readNodes } from './read-nodes.ts';
import { bytesIn, hexOf, integerIn, messageIn, textIn } from './values.ts';
import { readMessage } from './wire.ts';
import type { WireFields } from './wire.ts';

// A reply's message as the answer to its question, with the check that it is one.
export type GcsAnswers = {
  readonly nodes: readonly RayNode[];
  /** Ray's version, as Ray writes it. */
  readonly version: string;
  /** 56 hexadecimal digits; a new one for each GCS that starts without storage. */
  readonly clusterId: string;
  readonly metadata: { readonly rayVersion: string; readonly pythonVersion: string };
  readonly health: (typeof healthStates)[number];
};

export type ReadReply<Q extends GcsQuestion> =
  | { readonly kind: 'answered'; readonly answer: GcsAnswers[Q] }
  | { readonly kind: 'gcs-error'; readonly code: number; readonly message: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Returns the answer in a reply's message, the GCS's own refusal (GcsStatus), or why it is not what we asked for. */
export function readReply<Q extends GcsQuestion>(question: Q, message: Uint8Array): ReadReply<Q> {
  const reply = readMessage(message);
  if (!reply.ok) return unreadable(`expected ${reply.fault.expected} at byte ${reply.fault.at}`);
  // The reply to health has a number in this place: no message, hence no refusal.
  return readStatus(reply.fields) ?? readers[question](reply.fields);
}

type Unreadable = { readonly kind: 'unreadable'; readonly reason: string };

const unreadable = (reason: string): Unreadable => ({ kind: 'unreadable', reason });
const answered = <T>(answer: T): { readonly kind: 'answered'; readonly answer: T } => ({ kind: 'answered', answer });

function readStatus(reply: WireFields): ReadReply<never> | null {
  const status = messageIn(reply, replyFields.status);
  if (!status.ok) return unreadable('no status');
  const code = integerIn(status.fields, statusFields.code);
  return code === 0 ? null : { kind: 'gcs-error', code, message: textIn(status.fields, statusFields.message) };
}

const readers: { readonly [Q in GcsQuestion]: (reply: WireFields) => ReadReply<Q> } = {
  nodes: (reply) => {
    const read = readNodes(reply);
    return read.ok ? answered(read.nodes) : unreadable(read.reason);
  },
  version: (reply) => {
    const version = textIn(reply, checkAliveReply.rayVersion);
    return isVersion(version) ? answered(version) : unreadable('no version of Ray in it');
  },
  clusterId: (reply) => {
    const id = hexOf(bytesIn(reply, clusterIdReply.clusterId));
    return id.length === 56 ? answered(id) : unreadable(`a cluster id of ${id.length / 2} bytes (28 expected)`);
  },
  metadata: (reply) => readMetadata(textIn(reply, keyValueReply.value)),
  health: (reply) => {
    const state = healthStates[integerIn(reply, healthReply.status)];
    return state === undefined ? unreadable('no state of health in it') : answered(state);
  },
};

const isVersion = (text: unknown): text is string => typeof text === 'string' && /^\d+\.[\w.+!-]{1,60}$/.test(text);

// JSON of python/ray/_common/usage/usage_lib.py put_cluster_metadata.
function readMetadata(text: string): ReadReply<'metadata'> {
  const { ray_version: rayVersion, python_version: pythonVersion } = parsed(text);
  if (!isVersion(rayVersion) || !isVersion(pythonVersion)) return unreadable('no versions of Ray and Python in it');
  return answered({ rayVersion, pythonVersion });
}

function parsed(text: string): { readonly ray_version?: unknown; readonly python_version?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
