import {
  allNodeInfoReply,
  deathFields,
  deathReasons,
  drainingState,
  entryFields,
  nodeFields,
  nodeStates,
  replyFields,
  snapshotFields,
} from './field-numbers.ts';
import { unlikely } from './node.ts';
import type { RayDeath, RayNode } from './node.ts';
import { allBytesIn, bytesIn, doubleIn, hexOf, integerIn, messageIn, textIn } from './values.ts';
import { readMessage } from './wire.ts';
import type { WireFields } from './wire.ts';

// Ray's nodes as its GCS tells them. The numbers of the fields are internal to Ray, so the list is believed only where it
// makes sense: a wrong one would start an engine on a cluster that is not there.
export type ReadNodes =
  { readonly ok: true; readonly nodes: readonly RayNode[] } | { readonly ok: false; readonly reason: string };

/** Returns the nodes of a GetAllNodeInfoReply, alive and dead in Ray's order, or why they cannot be believed. */
export function readNodes(reply: WireFields): ReadNodes {
  const nodes: RayNode[] = [];
  for (const [index, bytes] of allBytesIn(reply, allNodeInfoReply.nodes).entries()) {
    const node = readNode(bytes);
    if (typeof node === 'string') return { ok: false, reason: `node ${index + 1}: ${node}` };
    nodes.push(node);
  }
  const other = nodes.length === 0 ? otherField(reply) : null;
  return other === null ? { ok: true, nodes } : { ok: false, reason: `no nodes, but something in field ${other}` };
}

// A head whose own node is not there yet answers with nothing at all; a list in another place is none that we know.
function otherField(reply: WireFields): number | null {
  const known: readonly number[] = [replyFields.status, allNodeInfoReply.nodes];
  const other = [...reply].find(
    ([field, values]) => !known.includes(field) && values.some(({ kind }) => kind === 'bytes'),
  );
  return other?.[0] ?? null;
}

function readNode(bytes: Uint8Array): RayNode | string {
  const message = readMessage(bytes);
  if (!message.ok) return `expected ${message.fault.expected} at byte ${message.fault.at}`;
  const { fields } = message;
  const resources = readResources(fields);
  const state = readState(fields);
  if (resources === null || state === null) return resources === null ? 'resources unreadable' : 'state unreadable';
  const node: RayNode = {
    ...readPlace(fields),
    state,
    gpus: resources.get('GPU') ?? 0,
    cpus: resources.get('CPU') ?? 0,
    death: state === 'dead' ? readDeath(fields) : null,
  };
  return unlikely(node, [...resources.keys()]) ?? node;
}

const readPlace = (fields: WireFields) => ({
  id: hexOf(bytesIn(fields, nodeFields.id)),
  ip: textIn(fields, nodeFields.ip),
  hostname: textIn(fields, nodeFields.hostname),
  name: textIn(fields, nodeFields.name),
  isHead: integerIn(fields, nodeFields.isHead) !== 0,
  nodeManagerPort: integerIn(fields, nodeFields.nodeManagerPort),
  sessionDir: textIn(fields, nodeFields.sessionDir) || null,
  tempDir: textIn(fields, nodeFields.tempDir) || null,
});

function readState(fields: WireFields): RayNode['state'] | null {
  const state = nodeStates[integerIn(fields, nodeFields.state)];
  const snapshot = messageIn(fields, nodeFields.snapshot);
  if (state === undefined || !snapshot.ok) return null;
  const draining = integerIn(snapshot.fields, snapshotFields.state) === drainingState;
  return state === 'alive' && draining ? 'draining' : state;
}

function readDeath(fields: WireFields): RayDeath {
  const death = messageIn(fields, nodeFields.death);
  // That it is dead counts; why is for a sentence.
  if (!death.ok) return { reason: 'unspecified', message: '' };
  const reason = deathReasons[integerIn(death.fields, deathFields.reason)] ?? 'unspecified';
  return { reason, message: textIn(death.fields, deathFields.message) };
}

function readResources(fields: WireFields): ReadonlyMap<string, number> | null {
  const resources = new Map<string, number>();
  for (const bytes of allBytesIn(fields, nodeFields.resources)) {
    const entry = readMessage(bytes);
    if (!entry.ok) return null;
    resources.set(textIn(entry.fields, entryFields.key), doubleIn(entry.fields, entryFields.value));
  }
  return resources;
}
