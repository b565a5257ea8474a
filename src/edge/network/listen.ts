import type { AddressInfo, Server } from 'node:net';

import { portHolder } from './port-holder.ts';

// Binding a port: an answer in either case, with the holder's name where somebody was first.
export type Listening = { readonly ok: true; readonly port: number } | { readonly ok: false; readonly reason: string };

/** Returns the port once a server listens, or why it cannot; without a host on all addresses, IPv6 where there is. */
export async function listen(server: Server, port: number, host: string | null): Promise<Listening> {
  const error = await tryListen(server, port, host);
  if (error === null) return { ok: true, port: (server.address() as AddressInfo).port };
  return { ok: false, reason: await bindReason(error, port, host) };
}

/** Resolves to null once a server listens, or to the error that kept it from it. */
export function tryListen(server: Server, port: number, host: string | null): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    // Without a host Node listens on `::` for both families and falls back to 0.0.0.0 where there is no IPv6.
    server.listen({ port, ...(host === null ? {} : { host }) }, () => {
      server.off('error', resolve);
      resolve(null);
    });
  });
}

async function bindReason(error: NodeJS.ErrnoException, port: number, host: string | null): Promise<string> {
  if (error.code === 'EADDRINUSE') {
    const holder = await portHolder(port);
    return holder === null ? `port ${port} is taken` : `port ${port} is taken by pid ${holder.pid} (${holder.command})`;
  }
  if (error.code === 'EACCES') return `port ${port} needs the right to bind ports below 1024 (EACCES)`;
  if (error.code === 'EADDRNOTAVAIL') return `${host ?? 'the address'} is no address of this node (EADDRNOTAVAIL)`;
  return `port ${port} cannot be bound (${error.code ?? error.message})`;
}
