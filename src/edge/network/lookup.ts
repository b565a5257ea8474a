import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

// Names to addresses as the machine's own resolver does it (hosts file included). getaddrinfo blocks one of few
// threads and cannot be called off, so there is at most one question per name at a time, however often it is asked.
type Found = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;

const waiting = new Map<string, Found[]>();

/** Returns all addresses of a name in the resolver's order; rejects with the resolver's error, unbounded in time. */
export const lookupAll = (host: string): Promise<readonly LookupAddress[]> =>
  new Promise((resolve, reject) => {
    ask(host, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });

/** Answers the `lookup` option of `node:net`: all addresses or the first one, of the wanted family. */
export const lookupForDial: LookupFunction = (host, options, callback) => {
  ask(host, (error, addresses) => {
    const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
    const fitting = addresses.filter((found) => family === 0 || found.family === family);
    const [first] = fitting;
    if (first === undefined) callback(error ?? noAddress(host), '');
    else if (options.all === true) callback(null, fitting);
    else callback(null, first.address, first.family);
  });
};

function ask(host: string, found: Found): void {
  const others = waiting.get(host);
  if (others !== undefined) {
    others.push(found);
    return;
  }
  const all = [found];
  waiting.set(host, all);
  lookup(host, { all: true }, (error, addresses) => {
    waiting.delete(host);
    for (const tell of all) tell(error, error === null ? addresses : []);
  });
}

const noAddress = (host: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`no address for ${host}`), { code: 'ENOTFOUND', hostname: host });
