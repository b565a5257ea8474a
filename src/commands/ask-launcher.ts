// What `status` and `probe` share: where the launcher is, and asking it once.
import type { Options } from '#core/options.ts';
import { problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { parseHostPort } from '#core/identity/address.ts';

export type Place = { readonly host: string; readonly port: number };

const statusPort = 9440;

/** How long a launcher may take to answer; more than any that works takes. */
export const askMs = 3_000;

/** Returns the address of the launcher that `--address` names, or the usage problem with it. */
export function placeOf({ address }: Pick<Options, 'address'>): Place | Problem {
  const parsed = parseHostPort(address);
  if (parsed !== null) return { host: parsed.host, port: parsed.port ?? statusPort };
  return problem('usage', `cannot ask a launcher at ${JSON.stringify(address)} (--address)`, 'write HOST or HOST:PORT');
}

/** Returns a place as it is written. */
export const renderPlace = ({ host, port }: Place): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
