// What each frame means to the group link: from a link that is no member yet, and from a member.
import type { Effect } from '#core/supervision/effect.ts';
import type { EventOf } from '#core/supervision/event.ts';

import { admit } from './admission.ts';
import type { Group, GroupStep, News } from './group.ts';
import { still, withoutPeer, withPeer } from './group.ts';
import type { Hello } from './message.ts';
import type { Peer } from './peer.ts';
import type { GroupContext } from './step.ts';

type Received = EventOf<'frameReceived'>;

const retryMs = 1_000;
/** How many refusals are remembered. */
export const keptRefusals = 32;

/** Returns the step for a frame on a link that belongs to no peer: a hello at the leader, the leader's answers at a worker. */
export function pendingFrame(group: Group, context: GroupContext, event: Received): GroupStep {
  const { body } = event.frame;
  if (group.role === 'leader' && body.kind === 'hello') return hello(group, context, event, body.hello);
  const { dial } = group;
  if (group.role !== 'worker' || dial.state !== 'open' || dial.link !== event.link) return still(group);
  switch (body.kind) {
    case 'challenge':
      return { group, effects: [sayHello(context, event.link, body.key)], news: [] };
    case 'welcome':
      return still({
        ...group,
        dial: { state: 'joined', link: event.link },
        peers: [leaderPeer(context, event, body.host)],
      });
    case 'refused':
      return {
        group: { ...group, dial: { state: 'closed' } },
        effects: [close(event.link)],
        news: [{ ...body, kind: 'refused' }],
      };
    case 'wait':
      return {
        group: { ...group, dial: { state: 'idle', nextMs: event.atMs + retryMs, reason: body.reason } },
        effects: [close(event.link)],
        news: [],
      };
    default:
      return still(group);
  }
}

/** Returns the step for a frame of a member; `peer` was heard just now. */
export function memberFrame(group: Group, context: GroupContext, peer: Peer, event: Received): GroupStep {
  const { body } = event.frame;
  const tell = (news: News): GroupStep => ({ group, effects: [], news: [news] });
  switch (body.kind) {
    case 'heartbeat':
      return still(withPeer(group, { ...peer, phase: body.phase, ready: body.ready, ray: body.ray ?? null }));
    case 'start':
      return group.role === 'worker' ? tell({ kind: 'start', epoch: body.epoch }) : still(group);
    case 'report':
      if (group.role !== 'leader') return still(group);
      return tell({ kind: 'reported', rank: peer.rank, cause: body.cause, happenedMs: event.atMs - body.ageMs });
    case 'stop-asked':
      return group.role === 'leader' ? tell({ kind: 'stop-asked', rank: peer.rank, by: body.by }) : still(group);
    case 'stop':
      if (group.role !== 'worker') return still(group);
      return tell({ kind: 'stop', mode: body.mode, cause: body.cause, happenedMs: event.atMs - body.ageMs });
    case 'drained':
      return group.role === 'worker' ? tell({ kind: 'drained' }) : still(group);
    case 'verdict':
      return group.role === 'worker' ? tell({ kind: 'verdict', cause: body.cause }) : still(group);
    case 'leaving':
      return leaves(group, peer, event, body.code);
    case 'challenge':
    case 'hello':
    case 'welcome':
    case 'refused':
    case 'wait':
      return still(group);
  }
}

function hello(group: Group, context: GroupContext, event: Received, said: Hello): GroupStep {
  const pending = group.pending.find((link) => link.id === event.link);
  if (pending === undefined) return still(group);
  const rest: Group = { ...group, pending: group.pending.filter((link) => link.id !== event.link) };
  const answer = admit(rest, context.self, event.frame, said, event.atMs);
  if (answer.kind === 'admit') return welcome(rest, context, event, said, answer.remarks, pending.address);
  const body = answer.kind === 'wait' ? answer : { kind: 'refused' as const, name: answer.name, reason: answer.reason };
  const refusal = { rank: said.rank, address: pending.address, reason: answer.reason };
  const say: Effect = {
    kind: 'say',
    level: 'warn',
    message: `not in the group: rank ${said.rank} from ${pending.address}: ${answer.reason}`,
  };
  const send: Effect = { kind: 'sendFrame', link: event.link, epoch: null, body };
  return {
    group: {
      ...rest,
      refusals: [...rest.refusals.filter((old) => old.rank !== said.rank), refusal].slice(-keptRefusals),
    },
    effects: [send, close(event.link), ...(answer.kind === 'wait' ? [] : [say])],
    news: [],
  };
}

function welcome(
  group: Group,
  { self }: GroupContext,
  event: Received,
  said: Hello,
  remarks: readonly string[],
  address: string,
): GroupStep {
  const before = group.peers.find((peer) => peer.rank === said.rank);
  const member: Peer = { ...newPeer(event), rank: said.rank, host: said.host, address, port: said.groupPort };
  const body = { kind: 'welcome', rank: said.rank, host: self.host } as const;
  const rest = withoutPeer(group, said.rank);
  return {
    group: {
      ...rest,
      peers: [...rest.peers, member].toSorted((a, b) => a.rank - b.rank),
      refusals: rest.refusals.filter((old) => old.rank !== said.rank),
    },
    effects: [
      ...(before === undefined ? [] : [close(before.link)]),
      { kind: 'sendFrame', link: event.link, epoch: null, body },
      ...remarks.map((message): Effect => ({ kind: 'say', level: 'warn', message: `rank ${said.rank}: ${message}` })),
    ],
    news: [{ kind: 'joined', rank: said.rank, host: said.host }],
  };
}

function leaves(group: Group, peer: Peer, event: Received, code: number | null): GroupStep {
  const { rank, host } = peer;
  const news: News = { kind: 'gone', rank, host, how: 'left', silentMs: 0, code, link: null };
  const dial =
    group.role === 'worker'
      ? { state: 'idle' as const, nextMs: event.atMs + retryMs, reason: 'the leader left' }
      : group.dial;
  return { group: { ...withoutPeer(group, peer.rank), dial }, effects: [close(event.link)], news: [news] };
}

const leaderPeer = (context: GroupContext, event: Received, host: string): Peer => ({
  ...newPeer(event),
  rank: 0,
  host,
  address: context.leaderHost,
  port: context.leaderPort,
});

const newPeer = (event: Received) => ({
  incarnation: event.frame.incarnation,
  link: event.link,
  sinceMs: event.atMs,
  heardMs: event.atMs,
  reachableMs: null,
  evidence: 'none' as const,
  probing: false,
  nextProbeMs: 0,
  forgiven: 0,
  phase: 'joining',
  ready: false,
  ray: null,
  gpus: null,
});

function sayHello({ self }: GroupContext, link: number, key: string): Effect {
  const { rank, size, generation, host, groupPort, fingerprint } = self;
  return { kind: 'sendHello', link, key, hello: { rank, size, generation, host, groupPort }, fields: fingerprint };
}

const close = (link: number): Effect => ({ kind: 'closeLink', link });
