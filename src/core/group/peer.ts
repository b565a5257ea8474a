// Is the launcher over there alive? A closed connection is a death at once; silence is decided by evidence.
import type { LinkId } from '#core/supervision/event.ts';

export const beatMs = 250;
export const suspectMs = 1_500;
export const wedgedMs = 20_000;
const probeEveryMs = 500;
const mostForgiven = 3;
// The edge answers within a second; an answer that never comes must not end the asking.
const answerWithinMs = 3_000;

export type Peer = {
  readonly rank: number;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly incarnation: string;
  readonly link: LinkId;
  readonly sinceMs: number;
  readonly heardMs: number;
  /** How often our own lateness was taken out of this silence. */
  readonly forgiven: number;
  /** When a fresh connection last succeeded while the peer was silent. */
  readonly reachableMs: number | null;
  readonly evidence: 'none' | 'reachable' | 'unreachable';
  readonly probing: boolean;
  readonly nextProbeMs: number;
  readonly phase: string;
  readonly ready: boolean;
  /** What its heartbeats say of Ray. */
  readonly ray: string | null;
  readonly gpus: number | null;
};

export type LossHow = 'closed' | 'refused' | 'unreachable' | 'wedged' | 'left';

export type Watch = { readonly peer: Peer; readonly probe: boolean; readonly lost: LossHow | null };

/** Returns the peer as heard now: all suspicion is over. */
export const heard = (peer: Peer, nowMs: number): Peer => ({
  ...peer,
  heardMs: Math.max(peer.heardMs, nowMs),
  forgiven: 0,
  reachableMs: null,
  evidence: 'none',
});

/**
 * Returns the peer with our own lateness taken out of its silence. A launcher that is always late has read what came in
 * between, so that after some times the silence is the peer's own.
 */
export const forgive = (peer: Peer, lateMs: number, nowMs: number): Peer =>
  peer.forgiven >= mostForgiven
    ? peer
    : {
        ...peer,
        forgiven: peer.forgiven + 1,
        heardMs: Math.min(nowMs, peer.heardMs + lateMs),
        reachableMs: peer.reachableMs === null ? null : Math.min(nowMs, peer.reachableMs + lateMs),
      };

/** Returns the peer with the answer to a fresh connection noted. */
export const probed = (peer: Peer, answer: 'reachable' | 'unreachable', nowMs: number): Peer => ({
  ...peer,
  probing: false,
  evidence: answer,
  reachableMs: answer === 'reachable' ? nowMs : peer.reachableMs,
});

/** Tells whether the peer has been silent for so long that evidence is asked for. */
export const isSuspect = (peer: Peer, nowMs: number, peerTimeoutMs: number): boolean =>
  nowMs >= suspectAtMs(peer, peerTimeoutMs);

/** Returns whether to ask for evidence, and whether the peer is lost: unreachable for `peerTimeoutMs` or silent for 20 s. */
export function watchPeer(peer: Peer, nowMs: number, peerTimeoutMs: number): Watch {
  const at = timesOf(peer, peerTimeoutMs);
  const unreachable = peer.evidence === 'unreachable';
  if (unreachable && nowMs >= at.lostMs) return { peer, probe: false, lost: 'unreachable' };
  if (nowMs >= at.wedgedMs) return { peer, probe: false, lost: unreachable ? 'unreachable' : 'wedged' };
  if (nowMs < at.askMs) return { peer, probe: false, lost: null };
  return { peer: { ...peer, probing: true, nextProbeMs: nowMs + probeEveryMs }, probe: true, lost: null };
}

/** Returns when this peer must be looked at again, in ms of our clock. */
export function peerWakeMs(peer: Peer, peerTimeoutMs: number): number {
  const at = timesOf(peer, peerTimeoutMs);
  return Math.min(at.askMs, peer.evidence === 'unreachable' ? at.lostMs : Infinity, at.wedgedMs);
}

const suspectAtMs = (peer: Peer, peerTimeoutMs: number): number => peer.heardMs + Math.min(suspectMs, peerTimeoutMs);

// One place for the times, so that what is waited for and what is then done never differ.
function timesOf(peer: Peer, peerTimeoutMs: number) {
  const mayAskMs = peer.nextProbeMs + (peer.probing ? answerWithinMs : 0);
  return {
    askMs: Math.max(suspectAtMs(peer, peerTimeoutMs), mayAskMs),
    lostMs: Math.max(peer.heardMs, peer.reachableMs ?? 0) + peerTimeoutMs,
    wedgedMs: peer.heardMs + Math.max(wedgedMs, peerTimeoutMs),
  };
}
