import { connect } from 'node:net';

import { connectReason } from './connect-reason.ts';
import { lookupForDial } from './lookup.ts';

type Place = { readonly host: string; readonly port: number };
type Reached = { readonly at: Place } | { readonly reasons: readonly string[] };

/** Returns the first place in the list that was reached, or why each was not. */
export async function reachAny(places: readonly Place[], timeoutMs: number): Promise<Reached> {
  const reasons = await Promise.all(places.map(({ host, port }) => reach(host, port, timeoutMs)));
  const at = places[reasons.indexOf(null)];
  return at === undefined ? { reasons: reasons.map((reason) => reason ?? '') } : { at };
}

/** Returns null once a fresh TCP connection came about, over which nothing is said, or why none did within `timeoutMs`. */
export function reach(host: string, port: number, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, lookup: lookupForDial, autoSelectFamily: true });
    const answer = (reason: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason);
    };
    const timer = setTimeout(() => answer('timeout'), timeoutMs);
    socket.once('connect', () => answer(null));
    socket.on('error', (error) => answer(connectReason(error)));
  });
}
