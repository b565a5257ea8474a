// Grove: in a scaling group the cliques `<service>-ldr` and `<service>-wkr` are one group; a clique alone numbers pods.
import type { Claim, ClaimedLeader, SourceInput } from '#core/identity/claim.ts';
import { claim, namesByRank } from '#core/identity/claim.ts';
import type { Whole } from '#core/identity/given.ts';
import { given, readWhole } from '#core/identity/given.ts';
import { readVariables } from '#core/identity/read-place.ts';
import type { Cliques } from '#upstream/kubernetes/grove.ts';
import { cliqueOfHost, groveRevisionLabel, groveVariables, readClique } from '#upstream/kubernetes/grove.ts';

type Read = Readonly<Record<keyof typeof groveVariables, string | null>>;

/** Returns the claim of Grove, or null outside a Grove pod. */
export function fromGrove({ facts, podinfo }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(facts.env, groveVariables);
  if (read.clique === null && read.group === null && read.podIndex === null) return null;
  const index = readWhole(read.podIndex, 'the pod index', groveVariables.podIndex, 0);
  const generation = given(podinfo.labels, groveRevisionLabel);
  const told = { generation, evidence };
  return read.group === null
    ? claim('grove', { ...told, ...standalone(read, index), counts: 'pods' })
    : claim('grove', { ...told, ...inScalingGroup(read, index, facts.hostname) });
}

/** A clique alone: its pods may be one engine or as many replicas, and nothing says how many there are. */
function standalone({ clique, headless }: Read, index: Whole): Partial<Claim> {
  const host = clique === null || headless === null ? null : `${clique}-0.${headless}`;
  const note = 'the number of pods of its clique is not in the pod';
  return { rank: index.value, leader: leaderOf(host, groveVariables.clique), problems: index.problems, note };
}

function inScalingGroup(read: Read, index: Whole, hostname: string): Partial<Claim> {
  const { headless, group, groupIndex } = read;
  const size = readWhole(read.size, 'the number of nodes', groveVariables.size, 1);
  const problems = [...index.problems, ...size.problems];
  if (group === null || groupIndex === null) return { size: size.value, problems };
  const replica = `${group}-${groupIndex}`;
  const clique = read.clique ?? cliqueOfHost(hostname);
  const cliques = clique === null || !clique.startsWith(`${replica}-`) ? null : readClique(clique);
  const host = cliques === null || headless === null ? null : `${cliques.leader}-0.${headless}`;
  return {
    rank: rankIn(cliques, index.value),
    size: size.value,
    leader: leaderOf(host, groveVariables.headless),
    group: replica,
    nodes: cliques === null || headless === null ? null : namesByRank(size.value, nameIn(cliques, headless)),
    problems,
  };
}

const nameIn =
  ({ leader, worker }: Cliques, headless: string) =>
  (rank: number): string =>
    rank === 0 ? `${leader}-0.${headless}` : `${worker}-${rank - 1}.${headless}`;

/** The index counts inside a clique: a worker's is one behind its rank, and a second leader pod has no rank at all. */
function rankIn(cliques: Cliques | null, index: number | null): number | null {
  if (cliques === null || index === null) return null;
  if (cliques.role === 'worker') return index + 1;
  return index === 0 ? 0 : null;
}

const leaderOf = (host: string | null, via: string): ClaimedLeader | null =>
  host === null ? null : { host, port: null, via };
