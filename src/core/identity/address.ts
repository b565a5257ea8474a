// Host names and addresses as people and platforms write them: which are the same, which are us, which reach nobody else.
import type { Facts } from '#core/facts.ts';

export type HostPort = { readonly host: string; readonly port: number | null };

/** Returns HOST, HOST:PORT, [V6] or [V6]:PORT by its parts, or null where it is none of them. */
export function parseHostPort(text: string): HostPort | null {
  const bracketed = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text);
  if (bracketed !== null) return isV6(bracketed[1] ?? '') ? withPort(bracketed[1] ?? '', bracketed[2]) : null;
  if (isV6(text)) return { host: text, port: null };
  const plain = /^([^:]*)(?::(\d{1,5}))?$/.exec(text);
  return plain !== null && isName(plain[1] ?? '') ? withPort(plain[1] ?? '', plain[2]) : null;
}

function withPort(host: string, digits: string | undefined): HostPort | null {
  if (digits === undefined) return { host, port: null };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host, port } : null;
}

/** Tells whether a text can be a host: a name, an IPv4 or an IPv6 address. */
export const isHost = (text: string): boolean => isName(text) || isV6(text);

const isName = (text: string): boolean => /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?$/.test(text);
const isV4 = (text: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
const isAddress = (text: string): boolean => isV4(text) || isV6(text);

/** Eight groups of four hexadecimal digits, one run of zeros as `::`, the last two as IPv4 (RFC 4291), a zone behind `%`. */
function isV6(text: string): boolean {
  const bare = text.replace(/%[\w.-]+$/, '');
  const [head = '', tail, ...more] = bare.split('::');
  const groups = [head, tail ?? ''].flatMap((side) => (side === '' ? [] : side.split(':')));
  const last = groups.at(-1) ?? '';
  const endsInV4 = isV4(last) && bare.endsWith(last);
  const plain = endsInV4 ? groups.slice(0, -1) : groups;
  const count = plain.length + (endsInV4 ? 2 : 0);
  const fits = tail === undefined ? count === 8 : count < 8;
  return fits && more.length === 0 && plain.every((group) => /^[\dA-Fa-f]{1,4}$/.test(group));
}

const normal = (host: string): string => host.toLowerCase().replace(/%.*$/, '').replace(/\.$/, '');

/** Tells whether two names mean the same host: case and a final dot aside, and `a.b` is `a.b.svc.cluster.local`. */
export function sameHost(one: string, other: string): boolean {
  const [a, b] = [normal(one), normal(other)];
  if (a === b) return true;
  if (isAddress(a) || isAddress(b)) return false;
  return a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}

/** Tells whether an address reaches this machine from itself alone: loopback, localhost, unspecified. */
export function isLoopback(host: string): boolean {
  const name = normal(host);
  if (isV4(name)) return name.startsWith('127.') || name === '0.0.0.0';
  if (isV6(name)) return /^[0:]+1?$/.test(name) || /^[0:]+ffff:(?:127\.|0\.0\.0\.0$)/.test(name);
  return /^(?:localhost|ip6-localhost|ip6-loopback)$|^localhost\.|\.localhost$/.test(name);
}

type Here = Pick<Facts, 'hostname' | 'interfaces'>;

/** Tells whether a host of a list is this machine: by its name, full or first label, or by an address of ours. */
export const isHere = (host: string, here: Here): boolean =>
  sameHost(host, here.hostname) ||
  here.interfaces.some(({ address, internal }) => !internal && normal(address) === normal(host));

/** The same for a leader's address; a first label that is ours counts too, because pods often do not know their domain. */
export const mayBeHere = (host: string, here: Here): boolean =>
  isLoopback(host) ||
  isHere(host, here) ||
  (!isAddress(normal(host)) && firstLabel(host) === firstLabel(here.hostname));

const firstLabel = (name: string): string => normal(name).split('.')[0] ?? '';

/** Returns the names and addresses of this machine, for messages. */
export const ownNames = (here: Here): string[] => [
  here.hostname,
  ...here.interfaces.filter(({ internal }) => !internal).map(({ address }) => address),
];
