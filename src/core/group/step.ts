// The group link as a machine of its own: events of links in, frames out, and news for supervision/step.ts.
import type { Effect } from '#core/supervision/effect.ts';
import type { Event, EventOf } from '#core/supervision/event.ts';

import type { Group, GroupStep, PendingLink, Self } from './group.ts';
import { still, withoutPeer, withPeer } from './group.ts';
import { memberFrame, pendingFrame } from './frames.ts';
import type { LossHow } from './peer.ts';
import { beatMs, forgive, heard, peerWakeMs, probed, watchPeer } from './peer.ts';
import type { Epoch } from './message.ts';

export type GroupContext = {
  readonly self: Self;
  readonly epoch: Epoch | null;
  readonly leaderHost: string;
  readonly leaderPort: number;
  readonly peerTimeoutMs: number;
  readonly phase: string;
  readonly ready: boolean;
  readonly missing: readonly number[];
};

const helloWithinMs = 5_000;
const redialMs = 500;
const lateRedialMs = 2_000;

/** Returns the group link after one event; events of other machines leave it as it is. */
export function stepGroup(group: Group, context: GroupContext, event: Event): GroupStep {
  if (group.role === 'none') return still(group);
  switch (event.kind) {
    case 'listenerOpened':
      return still({ ...group, listening: true });
    case 'linkOpened':
      return event.by === 'them' ? linkIn(group, context, event) : linkOut(group, event);
    case 'linkFailed':
      return still({ ...group, dial: { state: 'idle', nextMs: event.atMs + redialMs, reason: event.reason } });
    case 'frameReceived':
      return frame(group, context, event);
    case 'frameRejected':
      return { group: dropLink(group, event.link, event.atMs, event.reason), effects: [close(event.link)], news: [] };
    case 'linkClosed':
      return closed(group, event);
    case 'peerProbed':
      return evidence(group, event);
    case 'timePassed':
      return tick(group, context, event);
    default:
      return still(group);
  }
}

/** Returns when the group link must be woken, in ms of our clock. */
export function groupWakeMs(group: Group, peerTimeoutMs: number): number {
  if (group.role === 'none') return Infinity;
  const dialAt = group.role !== 'worker' ? Infinity : dialWakeMs(group);
  const pendingAt = Math.min(Infinity, ...group.pending.map((link) => link.openedMs + helloWithinMs));
  const peersAt = Math.min(Infinity, ...group.peers.map((peer) => peerWakeMs(peer, peerTimeoutMs)));
  return Math.min(group.peers.length > 0 ? group.nextBeatMs : Infinity, dialAt, pendingAt, peersAt);
}

function dialWakeMs({ dial, listening, admitting }: Group): number {
  if (dial.state === 'idle') return listening && admitting ? dial.nextMs : Infinity;
  return dial.state === 'open' ? dial.sinceMs + helloWithinMs : Infinity;
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

const linkOut = (group: Group, event: EventOf<'linkOpened'>): GroupStep =>
  still({
    ...group,
    dial: { state: 'open', link: event.link, sinceMs: event.atMs, reason: 'connected, no answer yet' },
  });

function frame(group: Group, context: GroupContext, event: EventOf<'frameReceived'>): GroupStep {
  const peer = group.peers.find((member) => member.link === event.link);
  if (peer === undefined) return pendingFrame(group, context, event);
  if (event.frame.incarnation !== peer.incarnation) return still(group);
  const known = withPeer(group, heard(peer, event.atMs));
  return memberFrame(known, context, heard(peer, event.atMs), event);
}

function closed(group: Group, event: EventOf<'linkClosed'>): GroupStep {
  const peer = group.peers.find((member) => member.link === event.link);
  const rest = dropLink(group, event.link, event.atMs, event.reason);
  if (peer === undefined) return still(rest);
  const news = {
    kind: 'gone',
    rank: peer.rank,
    host: peer.host,
    how: 'closed',
    silentMs: event.atMs - peer.heardMs,
  } as const;
  return { group: withoutPeer(rest, peer.rank), effects: [], news: [news] };
}

function evidence(group: Group, event: EventOf<'peerProbed'>): GroupStep {
  const peer = group.peers.find((member) => member.rank === event.rank);
  if (peer === undefined) return still(group);
  if (event.answer !== 'refused') return still(withPeer(group, probed(peer, event.answer, event.atMs)));
  return lose(group, peer.rank, 'refused', event.atMs);
}

function tick(group: Group, context: GroupContext, event: EventOf<'timePassed'>): GroupStep {
  const nowMs = event.atMs;
  const forgiven = event.lateMs > beatMs ? group.peers.map((peer) => forgive(peer, event.lateMs)) : group.peers;
  const watches = forgiven.map((peer) => watchPeer(peer, nowMs, context.peerTimeoutMs));
  const effects: Effect[] = watches
    .filter((watch) => watch.probe)
    .map(({ peer }) => ({ kind: 'probePeer', rank: peer.rank, host: peer.address, port: peer.port }));
  let step: GroupStep = { group: { ...group, peers: watches.map((watch) => watch.peer) }, effects, news: [] };
  for (const { peer, lost } of watches) if (lost !== null) step = join(step, lose(step.group, peer.rank, lost, nowMs));
  step = join(step, expire(step.group, nowMs));
  step = join(step, dialLeader(step.group, context, nowMs));
  return nowMs >= group.nextBeatMs ? join(step, beat(step.group, context, nowMs)) : step;
}

function lose(group: Group, rank: number, how: LossHow, nowMs: number): GroupStep {
  const peer = group.peers.find((member) => member.rank === rank);
  if (peer === undefined) return still(group);
  return {
    group: dropLink(withoutPeer(group, rank), peer.link, nowMs, `rank ${rank} is ${how}`),
    effects: [close(peer.link)],
    news: [{ kind: 'gone', rank, host: peer.host, how, silentMs: nowMs - peer.heardMs }],
  };
}

function expire(group: Group, nowMs: number): GroupStep {
  const late = group.pending.filter((link) => nowMs - link.openedMs >= helloWithinMs);
  const pending = group.pending.filter((link) => !late.includes(link));
  const stale = group.dial.state === 'open' && nowMs - group.dial.sinceMs >= helloWithinMs ? [group.dial.link] : [];
  const dial =
    stale.length > 0
      ? { state: 'idle' as const, nextMs: nowMs + redialMs, reason: 'the leader does not answer' }
      : group.dial;
  return {
    group: { ...group, pending, dial },
    effects: [...late.map((link) => link.id), ...stale].map(close),
    news: [],
  };
}

function dialLeader(group: Group, context: GroupContext, nowMs: number): GroupStep {
  const { dial } = group;
  if (group.role !== 'worker' || !group.admitting || !group.listening || dial.state !== 'idle' || nowMs < dial.nextMs)
    return still(group);
  return {
    group: { ...group, dial: { state: 'dialing', sinceMs: nowMs, reason: dial.reason } },
    effects: [{ kind: 'openLink', host: context.leaderHost, port: context.leaderPort }],
    news: [],
  };
}

function beat(group: Group, context: GroupContext, nowMs: number): GroupStep {
  const missing = group.role === 'leader' ? context.missing.slice(0, 64) : [];
  const body = { kind: 'heartbeat', phase: context.phase, ready: context.ready, missing } as const;
  const effects = group.peers.map((peer): Effect => ({
    kind: 'sendFrame',
    link: peer.link,
    epoch: context.epoch,
    body,
  }));
  return { group: { ...group, nextBeatMs: nowMs + beatMs }, effects, news: [] };
}

function dropLink(group: Group, link: number, nowMs: number, reason: string): Group {
  const pending = group.pending.filter((entry) => entry.id !== link);
  const { dial } = group;
  const ours = (dial.state === 'open' || dial.state === 'joined') && dial.link === link;
  return ours
    ? { ...group, pending, dial: { state: 'idle', nextMs: nowMs + lateRedialMs, reason } }
    : { ...group, pending };
}

const join = (a: GroupStep, b: GroupStep): GroupStep => ({
  group: b.group,
  effects: [...a.effects, ...b.effects],
  news: [...a.news, ...b.news],
});

const close = (link: number): Effect => ({ kind: 'closeLink', link });
