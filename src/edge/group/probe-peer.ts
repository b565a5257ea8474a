import { reach } from '#edge/network/reach.ts';

// Is a silent peer's machine there? A fresh TCP connection is the evidence; nothing is said over it.
export type PeerAnswer = 'reachable' | 'refused' | 'unreachable';

/** Returns whether a fresh connection to a port comes about within `timeoutMs`; no answer in time is unreachable. */
export async function probePeer(host: string, port: number, timeoutMs = 1_000): Promise<PeerAnswer> {
  const reason = await reach(host, port, timeoutMs);
  if (reason === null) return 'reachable';
  return reason === 'refused' ? 'refused' : 'unreachable';
}
