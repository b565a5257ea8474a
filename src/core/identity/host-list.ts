// The hosts of a group by rank: a word each of --hosts, a line each of --hostfile.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { quote } from '#core/quote.ts';

import { isHost, sameHost } from './address.ts';

export type HostList = { readonly hosts: readonly string[]; readonly problems: readonly Problem[] };

type Placed = { readonly host: string; readonly line: number };

/** Returns the hosts of --hosts; what cannot be a host is a usage problem. */
export function parseHosts(words: readonly string[]): HostList {
  const hosts = words.map((word) => word.trim());
  const stray = hosts.find((host) => !isHost(host));
  const message = (): string => `cannot use --hosts: ${quote(stray ?? '')} is no host name or address`;
  if (hosts.length === 0) return refused(problem('usage', 'cannot use --hosts: it names no host', usage));
  return stray === undefined ? { hosts, problems: [] } : refused(problem('usage', message(), usage));
}

const usage = 'write --hosts LEADER,SECOND,...';

/** Returns the hosts of a host file: one a line, `#` comments, blank lines and `slots=N` let through (65 with the line). */
export function parseHostfile(text: string, path: string): HostList {
  const placed: Placed[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [host, ...rest] = (line.split('#')[0] ?? '').trim().split(/\s+/);
    if (host === undefined || host === '') continue;
    const why = fault(host, rest, placed);
    if (why !== null) return refused(problem('input', `cannot use ${path}:${index + 1}: ${why}`, oneALine));
    placed.push({ host, line: index + 1 });
  }
  if (placed.length === 0) return refused(problem('input', `cannot use ${path}: it names no host`, oneALine));
  return { hosts: placed.map(({ host }) => host), problems: [] };
}

const oneALine = 'write one host a line, the leader first';

function fault(host: string, rest: readonly string[], placed: readonly Placed[]): string | null {
  if (!isHost(host)) return `${quote(host)} is no host name or address`;
  // Open MPI's words for CPU slots; a node is one launcher whatever they say.
  const stray = rest.find((word) => !/^(?:max[-_])?slots=\d+$/.test(word));
  if (stray !== undefined) return `${quote(stray)} after the host is not slots=N`;
  const twin = placed.find((other) => sameHost(other.host, host));
  return twin === undefined ? null : `${quote(host)} is on line ${twin.line} already`;
}

const refused = (why: Problem): HostList => ({ hosts: [], problems: [why] });
