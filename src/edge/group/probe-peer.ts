import { connect } from 'node:net';

import { connectReason } from '#edge/network/connect-reason.ts';
import { lookupForDial } from '#edge/network/lookup.ts';

// Is a silent peer's machine there? A fresh TCP connection is the evidence; nothing is said over it.
export type PeerAnswer = 'reachable' | 'refused' | 'unreachable';

/** Returns whether a fresh connection to a port comes about within `timeoutMs`; no answer in time is unreachable. */
export function probePeer(host: string, port: number, timeoutMs = 1_000): Promise<PeerAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, lookup: lookupForDial, autoSelectFamily: true });
    const answer = (found: PeerAnswer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(found);
    };
    const timer = setTimeout(() => answer('unreachable'), timeoutMs);
    socket.once('connect', () => answer('reachable'));
    socket.on('error', (error) => answer(connectReason(error) === 'refused' ? 'refused' : 'unreachable'));
  });
}
