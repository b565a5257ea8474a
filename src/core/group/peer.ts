// Is the launcher over there alive? A closed connection is a death at once; silence is decided by evidence.
import type { LinkId } from '#core/supervision/event.ts';

export const beatMs = 250;
export const suspectMs = 1_500;
export const wedgedMs = 20_000;
const probeEveryMs = 500;

export type Peer = {
  readonly rank: number;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly incarnation: string;
  readonly link: LinkId;
  readonly sinceMs: number;
  readonly heardMs: number;
  /** When a fresh connection last succeeded while the peer was silent. */
  readonly reachableMs: number | null;
  readonly evidence: 'none' | 'reachable' | 'unreachable';
  readonly probing: boolean;
  readonly nextProbeMs: number;
  readonly phase: string;
  readonly ready: boolean;
  readonly gpus: number | null;
};

export type LossHow = 'closed' | 'refused' | 'unreachable' | 'wedged' | 'left';

export type Watch = { readonly peer: Peer; readonly probe: boolean; readonly lost: LossHow | null };

/** Returns the peer as heard now: all suspicion is over. */
export const heard = (peer: Peer, nowMs: number): Peer => ({
  ...peer,
  heardMs: Math.max(peer.heardMs, nowMs),
  reachableMs: null,
  evidence: 'none',
});

/** Returns the peer with our own lateness taken out of its silence. */
export const forgive = (peer: Peer, lateMs: number): Peer => ({
  ...peer,
  heardMs: peer.heardMs + lateMs,
  reachableMs: peer.reachableMs === null ? null : peer.reachableMs + lateMs,
});

/** Returns the peer with the answer to a fresh connection noted. */
export const probed = (peer: Peer, answer: 'reachable' | 'unreachable', nowMs: number): Peer => ({
  ...peer,
  probing: false,
  evidence: answer,
  reachableMs: answer === 'reachable' ? nowMs : peer.reachableMs,
});

/** Returns whether to ask for evidence, and whether the peer is lost: unreachable for `peerTimeoutMs` or silent for 20 s. */
export function watchPeer(peer: Peer, nowMs: number, peerTimeoutMs: number): Watch {
  const silentMs = nowMs - peer.heardMs;
  if (silentMs < Math.min(suspectMs, peerTimeoutMs)) return { peer, probe: false, lost: null };
  const unreachableMs = nowMs - Math.max(peer.heardMs, peer.reachableMs ?? 0);
  if (peer.evidence === 'unreachable' && unreachableMs >= peerTimeoutMs)
    return { peer, probe: false, lost: 'unreachable' };
  if (silentMs >= Math.max(wedgedMs, peerTimeoutMs)) return { peer, probe: false, lost: 'wedged' };
  if (peer.probing || nowMs < peer.nextProbeMs) return { peer, probe: false, lost: null };
  return { peer: { ...peer, probing: true, nextProbeMs: nowMs + probeEveryMs }, probe: true, lost: null };
}

/** Returns when this peer must be looked at again, in ms of our clock. */
export function peerWakeMs(peer: Peer, peerTimeoutMs: number): number {
  const suspectAt = peer.heardMs + Math.min(suspectMs, peerTimeoutMs);
  const lostAt = Math.max(peer.heardMs, peer.reachableMs ?? 0) + peerTimeoutMs;
  return Math.min(suspectAt > peer.nextProbeMs ? suspectAt : peer.nextProbeMs, Math.max(lostAt, suspectAt));
}
