import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

// Which of our addresses the kernel would use to reach another one. A connected UDP socket asks for it; no packet is sent.
export type RouteTo = { readonly own: string; readonly interface: string | null };

// The kernel does not ask a neighbour for this answer, so it is there at once or not at all.
const answerWithinMs = 1_000;
const unspecified = new Set(['0.0.0.0', '::']);

/** Returns our address on the way to an IP literal and the interface that has it, or null where there is no way. */
export async function routeTo(address: string): Promise<RouteTo | null> {
  const target = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(target) === 0) return null;
  const ours = interfaceOf(target);
  if (ours !== null) return { own: target, interface: ours };
  const own = await sourceFor(target);
  return own === null || unspecified.has(own) ? null : { own, interface: interfaceOf(own) };
}

/** Returns the name of the interface that has an address, or null where it is not one of ours. */
export function interfaceOf(address: string): string | null {
  const bare = withoutZone(address);
  for (const [name, entries] of Object.entries(networkInterfaces()))
    for (const entry of entries ?? []) if (withoutZone(entry.address) === bare) return name;
  return null;
}

const withoutZone = (address: string): string => address.replace(/%.*$/, '').toLowerCase();

function sourceFor(target: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(target) === 6 ? 'udp6' : 'udp4');
    const timer = setTimeout(() => answer(null), answerWithinMs);
    const answer = (own: string | null): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // An error after the answer has no one left to tell.
      socket.on('error', () => undefined);
      socket.close();
      resolve(own);
    };
    socket.once('error', () => answer(null));
    socket.once('connect', () => answer(socket.address().address));
    // Any port will do: nothing is sent.
    socket.connect(9, target);
  });
}
