// A list of hosts by rank, the leader first: our rank is our place in it, found by our names and addresses.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import { notThere } from '#core/facts.ts';
import { isHere, ownNames } from '#core/identity/address.ts';
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim } from '#core/identity/claim.ts';
import type { HostList } from '#core/identity/host-list.ts';
import { parseHostfile, parseHosts } from '#core/identity/host-list.ts';
import { quoteList } from '#core/quote.ts';

/** Returns the claim of --hosts, or null without it. */
export const fromHosts = (input: SourceInput): Claim | null =>
  input.options.hosts === null ? null : fromList('hosts', '--hosts', parseHosts(input.options.hosts), input);

/** Returns the claim of --hostfile, or null without it. */
export function fromHostfile(input: SourceInput): Claim | null {
  const { hostfile } = input.facts;
  if (input.options.hostfile === null || hostfile === null) return null;
  if (!('missing' in hostfile)) {
    return fromList('hostfile', hostfile.path, parseHostfile(hostfile.text, hostfile.path), input);
  }
  const hint = hostfile.missing === notThere ? 'name a file that is there' : 'make it readable';
  const why = problem('input', `cannot read --hostfile ${hostfile.path}: ${hostfile.missing}`, hint);
  return claim('hostfile', { evidence: `--hostfile ${hostfile.path}`, problems: [why] });
}

function fromList(source: string, where: string, list: HostList, { facts, options }: SourceInput): Claim {
  const { hosts } = list;
  const evidence = `${where}: ${quoteList(hosts)}`;
  const [leader] = hosts;
  if (leader === undefined) return claim(source, { evidence: where, problems: list.problems });
  const places = [...hosts.keys()].filter((place) => isHere(hosts[place] ?? '', facts));
  const told = options['node-rank'] !== null || options['rank-from'] !== null;
  return claim(source, {
    rank: places.length === 1 ? (places[0] ?? null) : null,
    size: hosts.length,
    leader: { host: leader, port: null, via: where },
    nodes: hosts,
    evidence,
    problems: told || places.length === 1 ? [] : [lost(where, hosts, places, facts)],
  });
}

function lost(where: string, hosts: readonly string[], places: readonly number[], facts: Facts): Problem {
  const names = quoteList(ownNames(facts));
  const why =
    places.length === 0
      ? `none of ${quoteList(hosts)} is this host (${names})`
      : `this host (${names}) is there ${places.length} times, at ranks ${places.join(' and ')}`;
  return problem('config', `cannot find the rank in ${where}: ${why}`, 'correct the list or give --node-rank');
}
