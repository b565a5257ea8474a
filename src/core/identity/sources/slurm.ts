// A Slurm step with one task a node: rank is the node's number in the step, the leader its first host. Not the process's number:
// `srun -m arbitrary` gives process 0 to any node. The batch script looks like process 0 of N and is none: it has no step.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Claim, SourceInput } from '#core/identity/claim.ts';
import { claim, mostNames } from '#core/identity/claim.ts';
import { countOf, given } from '#core/identity/given.ts';
import { crowd, readPlace, readVariables } from '#core/identity/read-place.ts';
import { quote } from '#core/quote.ts';
import { openMpiVariables } from '#upstream/mpi.ts';
import type { Hostlist } from '#upstream/slurm/hostlist.ts';
import { expandHostlist } from '#upstream/slurm/hostlist.ts';
import { mostTasks, slurmVariables } from '#upstream/slurm/step.ts';

type Read = Readonly<Record<keyof typeof slurmVariables, string | null>>;

/** Returns the claim of the Slurm step that this process is a task of, or null outside Slurm. */
export function fromSlurm({ facts: { env } }: SourceInput): Claim | null {
  const { read, evidence } = readVariables(env, slurmVariables);
  if (read.job === null && read.step === null) return null;
  const note = whyNoPlace(read, given(env, openMpiVariables.rank) !== null);
  const place = read.step === null || note !== null ? {} : inStep(read);
  return claim('slurm', { ...place, evidence, note });
}

/** Why the numbers of this process are no place in a group, or null where they may be one. */
function whyNoPlace({ step, nodes, jobNodes }: Read, underMpirun: boolean): string | null {
  const several = (countOf(jobNodes) ?? 0) > 1;
  if (step === null && several)
    return `the job has ${jobNodes} nodes, but this is no step of it: srun --ntasks-per-node=1 starts one launcher a node`;
  // Open MPI's mpirun starts its daemons by srun, on all nodes but its own.
  if (step !== null && underMpirun) return "the step is that of mpirun's own daemons";
  // Recipes that start one step a node: every one of them has rank 0 of 1.
  if (nodes === '1' && several)
    return `a step of one node in a job of ${jobNodes} has the same numbers on every node: where they are one group, give --nnodes, --node-rank and --leader`;
  return null;
}

function inStep(read: Read): Partial<Claim> {
  const place = readPlace({
    rank: [read.node, slurmVariables.node],
    size: [read.nodes, slurmVariables.nodes],
  });
  const list = read.nodeList === null ? null : expandHostlist(read.nodeList);
  const hosts = list?.ok === true ? list.hosts : [];
  const [leader] = hosts;
  const group = `${read.job ?? ''}.${read.step}`;
  return {
    ...place,
    leader: leader === undefined ? null : { host: leader, port: null, via: slurmVariables.nodeList },
    group,
    generation: read.restarts === null ? group : `${group} restart ${read.restarts}`,
    nodes: hosts.length === 0 || hosts.length > mostNames ? null : hosts,
    problems: [...place.problems, ...crowded(read), ...unfit(read, list, place)],
  };
}

function crowded({ tasks }: Read): Problem[] {
  if (tasks === null) return [];
  const most = mostTasks(tasks);
  if (most !== null) return crowd(most, 'the Slurm step', 'start it with srun --ntasks-per-node=1');
  const message = `cannot read ${slurmVariables.tasks} ${quote(tasks)}: it is no list of numbers such as 1(x2)`;
  return [problem('config', message, settled)];
}

const settled = 'give --nnodes, --node-rank and --leader';

/** Where number of nodes, list and own name do not fit each other, the numbers are not about this list. */
function unfit(read: Read, list: Hostlist | null, { rank, size }: Pick<Claim, 'rank' | 'size'>): Problem[] {
  if ((countOf(read.hetSize) ?? 0) > 1) {
    const message = `cannot use the place in a heterogeneous job (${slurmVariables.hetSize}=${read.hetSize}): its nodes are numbered over all components`;
    return [problem('config', message, settled)];
  }
  if (list === null) return [];
  const stood = `${slurmVariables.nodeList} ${quote(read.nodeList ?? '')}`;
  if (!list.ok) return [problem('config', `cannot read ${stood}: ${list.why}`, settled)];
  if (size === null || rank === null) return [];
  if (list.hosts.length !== size)
    return [problem('config', `cannot use ${stood}: it names ${list.hosts.length} hosts of ${size}`, settled)];
  const host = list.hosts[rank];
  if (host === undefined || read.nodeName === null || host === read.nodeName) return [];
  return [
    problem('config', `cannot use ${stood}: rank ${rank} is ${host} there, but this node is ${read.nodeName}`, settled),
  ];
}
