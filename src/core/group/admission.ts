// May this hello become a member? Refusals name the field or value, ours and theirs; a stranger never ends the leader.
import type { ExitName } from '#core/errors.ts';

import type { Group, Self } from './group.ts';
import type { Envelope, Hello, HelloField } from './message.ts';
import { protocolVersion } from './message.ts';
import { suspectMs } from './peer.ts';

export type Admission =
  | { readonly kind: 'admit'; readonly remarks: readonly string[] }
  | { readonly kind: 'wait'; readonly reason: string }
  | { readonly kind: 'refuse'; readonly name: ExitName; readonly reason: string };

// These may differ without harm; they are said, not refused.
const remarkOnly = new Set(['gpu model', 'gpu driver', 'python']);

/** Returns whether the leader admits a hello (design section 6). */
export function admit(group: Group, self: Self, envelope: Envelope, hello: Hello, nowMs: number): Admission {
  const refusal = wrongPlace(self, envelope, hello);
  if (refusal !== null) return refusal;
  const holder = group.peers.find((peer) => peer.rank === hello.rank);
  if (holder !== undefined && holder.incarnation !== envelope.incarnation && nowMs < holder.heardMs + suspectMs) {
    // The same host: a container restarted in place, whose old link we have not seen closed yet.
    if (holder.host === hello.host) return wait(`the launcher before you still holds rank ${hello.rank}`);
    return refuse('config', `rank ${hello.rank} is taken by a live member on ${holder.host}`);
  }
  if (!group.admitting) return wait('the group is running or stopping without you');
  const differences = compareFields(self.fields, hello.fields);
  const fatal = differences.filter((difference) => !remarkOnly.has(difference.field));
  if (fatal.length > 0) return refuse('mismatch', fatal.map((difference) => difference.text).join('; '));
  return { kind: 'admit', remarks: differences.map((difference) => difference.text) };
}

function wrongPlace(self: Self, envelope: Envelope, hello: Hello): Admission | null {
  const { min, max } = envelope.protocol;
  if (min > protocolVersion.max || max < protocolVersion.min) {
    return refuse('mismatch', `protocol ${min}-${max} is not ours (${protocolVersion.min}-${protocolVersion.max})`);
  }
  if (self.group !== null && envelope.group !== null && self.group !== envelope.group) {
    return refuse('mismatch', `group ${quote(envelope.group)} is not ours (${quote(self.group)})`);
  }
  if (hello.size !== self.size) return refuse('mismatch', `size ${hello.size} is not ours (${self.size})`);
  if (hello.rank <= 0 || hello.rank >= self.size) return refuse('config', `rank ${hello.rank} is not a worker's rank`);
  if (self.generation !== null && hello.generation !== null && self.generation !== hello.generation) {
    return refuse('peer-lost', `generation ${quote(hello.generation)} is not ours (${quote(self.generation)})`);
  }
  return null;
}

/** Returns the fields in which two members differ, each as a sentence that shows the values where they may be shown. */
export function compareFields(
  ours: readonly HelloField[],
  theirs: readonly HelloField[],
): { readonly field: string; readonly text: string }[] {
  const names = [...new Set([...ours, ...theirs].map((entry) => entry.field))];
  return names.flatMap((field) => {
    const mine = ours.find((entry) => entry.field === field);
    const yours = theirs.find((entry) => entry.field === field);
    if (mine?.digest === yours?.digest) return [];
    return [{ field, text: `${field} differs: leader has ${show(mine)}, member has ${show(yours)}` }];
  });
}

const show = (entry: HelloField | undefined): string =>
  entry === undefined ? 'none' : entry.value === null ? '(not shown)' : quote(entry.value);

const quote = (text: string): string => JSON.stringify(text.slice(0, 512));

const wait = (reason: string): Admission => ({ kind: 'wait', reason });

const refuse = (name: ExitName, reason: string): Admission => ({ kind: 'refuse', name, reason });
