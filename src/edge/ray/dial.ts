import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { lookupForDial } from '#edge/network/lookup.ts';

/** Returns a socket on its way to a server, whose errors are nobody's business once the question is over. */
export function dial(host: string, port: number): Socket {
  const socket = connect({ host: bare(host), port, lookup: lookupForDial, autoSelectFamily: true });
  // A socket tells its errors to whoever uses it; after the answer there is no one left.
  return socket.on('error', () => undefined);
}

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** Returns host and port as the authority of a URL. */
export const authority = (host: string, port: number): string =>
  `http://${bare(host).includes(':') ? `[${bare(host)}]` : host}:${port}`;
