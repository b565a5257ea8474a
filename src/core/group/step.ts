// The group link as a machine of its own: events of links in, frames out, and news for supervision/step.ts.
import type { Effect } from '#core/supervision/effect.ts';
import type { Event, EventOf } from '#core/supervision/event.ts';

import { dialTick, dialWakeMs, dropLink, helloWithinMs, linkFailed, linkOut } from './dial.ts';
import type { Group, GroupStep, PendingLink, Self } from './group.ts';
import { missingRanks, still, withoutPeer, withPeer } from './group.ts';
import { keptRefusals, memberFrame, pendingFrame } from './frames.ts';
import type { LossHow } from './peer.ts';
import { beatMs, forgive, heard, isSuspect, peerWakeMs, probed, watchPeer } from './peer.ts';
import type { Epoch } from './message.ts';

export type GroupContext = {
  readonly self: Self;
  readonly epoch: Epoch | null;
  readonly leaderHost: string;
  readonly leaderPort: number;
  readonly peerTimeoutMs: number;
  readonly phase: string;
  readonly ready: boolean;
  /** What the heartbeats say of Ray. */
  readonly ray: string | null;
};

const mostMissing = 64;

/** Returns the group link after one event; events of other machines leave it as it is. */
export function stepGroup(group: Group, context: GroupContext, event: Event): GroupStep {
  if (group.role === 'none') return still(group);
  switch (event.kind) {
    case 'listenerOpened':
      return still({ ...group, listening: true });
    case 'linkOpened':
      return event.by === 'them' ? linkIn(group, context, event) : linkOut(group, event);
    case 'linkFailed':
      return linkFailed(group, event);
    case 'frameReceived':
      return frame(group, context, event);
    case 'frameRejected':
      return rejected(group, event);
    case 'linkClosed':
      return closed(group, event);
    case 'peerProbed':
      return evidence(group, context, event);
    case 'timePassed':
      return tick(group, context, event.atMs);
    default:
      return still(group);
  }
}

/** Returns the group link after we were late ourselves: nobody else is silent because of that. */
export const forgiveAll = (group: Group, lateMs: number, nowMs: number): Group => ({
  ...group,
  peers: group.peers.map((peer) => forgive(peer, lateMs, nowMs)),
});

/** Returns when the group link must be woken, in ms of our clock. */
export function groupWakeMs(group: Group, peerTimeoutMs: number): number {
  if (group.role === 'none') return Infinity;
  const pendingAt = Math.min(Infinity, ...group.pending.map((link) => link.openedMs + helloWithinMs));
  const peersAt = Math.min(Infinity, ...group.peers.map((peer) => peerWakeMs(peer, peerTimeoutMs)));
  return Math.min(group.peers.length > 0 ? group.nextBeatMs : Infinity, dialWakeMs(group), pendingAt, peersAt);
}

function linkIn(group: Group, { self }: GroupContext, event: EventOf<'linkOpened'>): GroupStep {
  // A worker listens only so that a silent link can be told from a dead launcher.
  if (group.role === 'worker' || group.pending.length >= self.size + 16) {
    return { group, effects: [close(event.link)], news: [] };
  }
  const link: PendingLink = { id: event.link, address: event.address, openedMs: event.atMs };
  const body = { kind: 'challenge', key: self.key, generation: self.generation } as const;
  return {
    group: { ...group, pending: [...group.pending, link] },
    effects: [{ kind: 'sendFrame', link: event.link, epoch: null, body }],
    news: [],
  };
}

function frame(group: Group, context: GroupContext, event: EventOf<'frameReceived'>): GroupStep {
  const peer = group.peers.find((member) => member.link === event.link);
  if (peer === undefined) return pendingFrame(group, context, event);
  if (event.frame.incarnation !== peer.incarnation) return still(group);
  const alive = heard(peer, event.atMs);
  const known = withPeer(group, alive);
  return isStale(event.frame.epoch, context.epoch) ? still(known) : memberFrame(known, context, alive, event);
}

const isStale = (theirs: Epoch | null, ours: Epoch | null): boolean =>
  theirs !== null && ours !== null && (theirs.leader !== ours.leader || theirs.counter !== ours.counter);

// From a member a frame that cannot be read is only said: the next one may be read again, and silence is noticed anyway.
function rejected(group: Group, { link, reason, atMs }: EventOf<'frameRejected'>): GroupStep {
  const peer = group.peers.find((member) => member.link === link);
  if (peer === undefined) return stranger(group, link, reason, atMs);
  const message = `cannot read a frame of rank ${peer.rank}: ${reason}`;
  return { group, effects: [{ kind: 'say', level: 'warn', message }], news: [] };
}

// Said once for each address: whoever sends noise sends it again.
function stranger(group: Group, link: number, reason: string, atMs: number): GroupStep {
  const rest = dropLink(group, link, atMs, reason);
  const address = group.pending.find((entry) => entry.id === link)?.address ?? null;
  const known = group.refusals.some((entry) => entry.rank === null && entry.address === address);
  if (address === null || known) return { group: rest, effects: [close(link)], news: [] };
  const message = `cannot read what ${address} says on the group port: ${reason}`;
  const refusals = [...rest.refusals, { rank: null, address, reason }].slice(-keptRefusals);
  return { group: { ...rest, refusals }, effects: [close(link), { kind: 'say', level: 'warn', message }], news: [] };
}

function closed(group: Group, event: EventOf<'linkClosed'>): GroupStep {
  const peer = group.peers.find((member) => member.link === event.link);
  const rest = dropLink(group, event.link, event.atMs, event.reason);
  if (peer === undefined) return still(rest);
  return gone(rest, peer.rank, 'closed', event.atMs, null);
}

// Only what was asked of this very member counts, and a refusal only while it is silent: who stops to listen still talks.
function evidence(group: Group, { peerTimeoutMs }: GroupContext, event: EventOf<'peerProbed'>): GroupStep {
  const peer = group.peers.find((member) => member.rank === event.rank);
  if (peer === undefined || !peer.probing) return still(group);
  if (event.answer !== 'refused') return still(withPeer(group, probed(peer, event.answer, event.atMs)));
  if (!isSuspect(peer, event.atMs, peerTimeoutMs)) return still(withPeer(group, { ...peer, probing: false }));
  return lose(group, peer.rank, 'refused', event.atMs);
}

function tick(group: Group, context: GroupContext, nowMs: number): GroupStep {
  const watches = group.peers.map((peer) => watchPeer(peer, nowMs, context.peerTimeoutMs));
  const effects: Effect[] = watches
    .filter((watch) => watch.probe)
    .map(({ peer }) => ({ kind: 'probePeer', rank: peer.rank, host: peer.address, port: peer.port }));
  let step: GroupStep = { group: { ...group, peers: watches.map((watch) => watch.peer) }, effects, news: [] };
  for (const { peer, lost } of watches) if (lost !== null) step = join(step, lose(step.group, peer.rank, lost, nowMs));
  step = join(step, expire(step.group, nowMs));
  step = join(step, dialTick(step.group, context.leaderHost, context.leaderPort, nowMs));
  return nowMs >= group.nextBeatMs ? join(step, beat(step.group, context, nowMs)) : step;
}

function lose(group: Group, rank: number, how: LossHow, nowMs: number): GroupStep {
  const peer = group.peers.find((member) => member.rank === rank);
  if (peer === undefined) return still(group);
  return gone(dropLink(group, peer.link, nowMs, `rank ${rank} is ${how}`), rank, how, nowMs, peer.link);
}

function gone(group: Group, rank: number, how: LossHow, nowMs: number, link: number | null): GroupStep {
  const peer = group.peers.find((member) => member.rank === rank);
  if (peer === undefined) return still(group);
  const silentMs = nowMs - peer.heardMs;
  const news = { kind: 'gone', rank, host: peer.host, how, silentMs, code: null, link } as const;
  return { group: withoutPeer(group, rank), effects: [], news: [news] };
}

// Who connects and says nothing is shown out.
function expire(group: Group, nowMs: number): GroupStep {
  const late = group.pending.filter((link) => nowMs >= link.openedMs + helloWithinMs);
  if (late.length === 0) return still(group);
  const pending = group.pending.filter((link) => !late.includes(link));
  return { group: { ...group, pending }, effects: late.map((link) => close(link.id)), news: [] };
}

function beat(group: Group, { self, phase, ready, epoch, ray }: GroupContext, nowMs: number): GroupStep {
  const missing = group.role === 'leader' && phase === 'joining' ? missingRanks(group, self).slice(0, mostMissing) : [];
  const body = { kind: 'heartbeat', phase, ready, missing, ...(ray === null ? {} : { ray }) } as const;
  const effects = group.peers.map(({ link }): Effect => ({ kind: 'sendFrame', link, epoch, body }));
  return { group: { ...group, nextBeatMs: nowMs + beatMs }, effects, news: [] };
}

const join = (a: GroupStep, b: GroupStep): GroupStep => ({
  group: b.group,
  effects: [...a.effects, ...b.effects],
  news: [...a.news, ...b.news],
});

const close = (link: number): Effect => ({ kind: 'closeLink', link });
