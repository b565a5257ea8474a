// What members tell each other of a stop: the leader tells all, a worker tells the leader.
import type { Cause, Candidate } from '#core/group/cause.ts';
import { launcherCause } from '#core/group/cause.ts';
import type { Body } from '#core/group/message.ts';

import type { Effect } from './effect.ts';
import type { Base } from './state.ts';

/** Returns the frame to every peer. */
export const toPeers = ({ group, epoch }: Base, body: Body): Effect[] =>
  group.peers.map((peer) => ({ kind: 'sendFrame', link: peer.link, epoch, body }));

/** Returns the goodbye to every peer, and to a leader that has let us in without our knowing it yet. */
export function sayGoodbye(base: Base, code: number): Effect[] {
  const { dial } = base.group;
  const body: Body = { kind: 'leaving', code };
  const open: Effect[] = dial.state === 'open' ? [{ kind: 'sendFrame', link: dial.link, epoch: null, body }] : [];
  return [...toPeers(base, body), ...open];
}

/** Returns what tells the others of a cause: the leader stops all, a worker reports to the leader. */
export const tellCause = (base: Base, candidate: Candidate): Effect[] => toPeers(base, causeBody(base, candidate));

/** Returns the frame with a cause and its age, as this member's role has it. */
export function causeBody({ self, nowMs }: Base, { cause, happenedMs }: Candidate): Body {
  const ageMs = Math.max(0, nowMs - happenedMs);
  return self.rank === 0 ? { kind: 'stop', mode: 'fault', cause, ageMs } : { kind: 'report', cause, ageMs };
}

/** Returns what tells the workers that it is their turn to stop. */
export const drained = (base: Base): Effect[] => (base.self.rank === 0 ? toPeers(base, { kind: 'drained' }) : []);

/** Returns the cause of a stop that was asked for. */
export function askedCause({ self, asked }: Base): Cause {
  const { rank, host } = self;
  return launcherCause('asked', 'stopped', `asked to stop by ${asked?.by ?? 'somebody'}`, { rank, host, seenBy: rank });
}

/** Returns what a member says of a cause in its log; the end of a command is its own affair. */
export const sayCause = ({ plan }: Base, cause: Cause): Effect => ({
  kind: 'say',
  level: cause.code === 0 || (plan.exits === 'passthrough' && cause.kind === 'process-died') ? 'info' : 'error',
  message: `stopping: ${cause.message}`,
});
