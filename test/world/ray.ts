// Ray across the nodes: a head whose GCS answers on its node's port, nodes that register with it, the actors of an engine,
// and what the GCS says of nodes that are gone, as late as it was observed to find out (ray.md 2.3).
import type { RayAnswer, WireQuestion } from '#core/supervision/event.ts';
import type { RayNode } from '#upstream/ray/node.ts';

import type { Network } from './network.ts';
import { hostOf } from './plan.ts';
import type { Habits, Hires, Proc, Processes } from './processes.ts';
import type { Queue } from './queue.ts';

/** Who holds the head's port before any head of ours, and until when. */
export type PortHolder = { readonly kind: 'ray' | 'redis' | 'silent'; readonly untilMs: number };

/** A node as the GCS knows it; `ended` is how its raylet ended, and whether that one said so. */
type Registered = {
  readonly rank: number;
  readonly gpus: number;
  readonly raylet: Proc;
  readonly order: number;
  ended: { readonly atMs: number; readonly told: boolean } | null;
};

type Gcs = {
  readonly proc: Proc;
  readonly cluster: string;
  readonly answersAtMs: number;
  readonly nodes: Registered[];
};

export type Ray = {
  /** Returns the top process of `ray start` on a node, a head on the leader's; the rest of it follows. */
  readonly start: (rank: number, owner: string, epoch: string, title: string) => Proc;
  /** Gives the core of an engine an actor on each node that it spans. */
  readonly hires: (nodes: number) => Hires;
  readonly ended: (rank: number, proc: Proc, signal: string | null) => void;
  readonly ask: (from: number, to: number, question: WireQuestion, answer: (answer: RayAnswer) => void) => void;
  /** The epoch of the head that answers, and the ranks of the nodes that it calls alive; null where none answers. */
  readonly cluster: () => { readonly epoch: string; readonly ranks: readonly number[] } | null;
};

type Node = { readonly processes: Processes };

export type RaySetup = {
  readonly habits: (rank: number) => Habits;
  readonly holder: PortHolder | null;
};

// The patience of the edge, and how long an answer takes on one machine.
const patienceMs = 2_000;
const quickMs = 2;
const killedMs = 13_700;
const cutMs = 62_900;
const tryAgainMs = 500;
// The driver hears of an actor's end through the GCS, and the actors of the driver's.
const actorEchoMs = 500;

export function openRay(queue: Queue, network: Network, nodes: readonly Node[], setup: RaySetup): Ray {
  const heads: Gcs[] = [];
  const answering = () => heads.find(({ proc, answersAtMs }) => proc.alive && queue.nowMs() >= answersAtMs);
  const isCut = (from: number, to: number) => network.isCut(from, to) || network.isCut(to, from);
  const processesOf = (rank: number) => (nodes[rank] as Node).processes;

  const start = (rank: number, owner: string, epoch: string, title: string): Proc => {
    const { gcsMs, rayletMs, registers } = setup.habits(rank);
    const { start: begin } = processesOf(rank);
    const name = rank === 0 ? 'ray-head' : 'ray-agent';
    const top = begin({ part: 'ray', name, ppid: 1, title, owner, epoch });
    const child = (part: Proc['part'], { pid: ppid }: Proc, as: string) =>
      begin({ part, ppid, title: as, owner, epoch });
    if (rank === 0) {
      const proc = child('gcs', top, '/ray/core/src/ray/gcs/gcs_server');
      const cluster = String(heads.length + 1).padStart(56, 'c');
      heads.push({ proc, cluster, answersAtMs: queue.nowMs() + gcsMs, nodes: [] });
    }
    queue.after(rayletMs / 2, () => {
      if (!top.alive) return;
      const raylet = child('raylet', top, '/ray/core/src/ray/raylet/raylet');
      child('helper', raylet, 'ray::DashboardAgent');
      if (registers) queue.after(rayletMs / 2, () => register(rank, raylet));
    });
    return top;
  };
  const register = (rank: number, raylet: Proc) => {
    if (!raylet.alive) return;
    const gcs = answering();
    if (gcs === undefined || isCut(rank, 0)) return queue.after(tryAgainMs, () => register(rank, raylet));
    const { gpus } = setup.habits(rank);
    queue.after(network.delayMs(rank, 0), () => {
      const ended = raylet.alive ? null : { atMs: queue.nowMs(), told: false };
      gcs.nodes.push({ rank, gpus, raylet, order: gcs.nodes.length, ended });
    });
  };

  const isAlive = ({ rank, ended }: Registered): boolean => {
    const sinceMs = [network.cutSinceMs(rank, 0), network.cutSinceMs(0, rank)].map((ms) => ms ?? Infinity);
    const silentAtMs = Math.min(...sinceMs) + cutMs;
    const endedAtMs = ended === null ? Infinity : ended.atMs + (ended.told ? 0 : killedMs);
    return queue.nowMs() < Math.min(silentAtMs, endedAtMs);
  };
  const meet = (rank: number, question: WireQuestion): RayAnswer => {
    const { holder } = setup;
    if (holder !== null && rank === 0 && queue.nowMs() < holder.untilMs) return strange(question, holder.kind);
    const gcs = rank === 0 ? answering() : undefined;
    if (gcs === undefined) return { question, judgement: { kind: 'refused' } };
    if (question === 'clusterId') return { question, judgement: { kind: 'answered', answer: gcs.cluster } };
    if (question === 'health') return { question, judgement: { kind: 'answered', answer: 'serving' } };
    const answer = gcs.nodes.map((node) => nodeOf(node, isAlive(node)));
    return { question, judgement: { kind: 'answered', answer } };
  };
  const ask: Ray['ask'] = (from, to, question, answer) => {
    const wayMs = from === to ? quickMs / 2 : network.delayMs(from, to);
    const hangs = (spentMs: number, during: 'connecting' | 'answering') =>
      queue.after(patienceMs - spentMs, () => answer({ question, judgement: { kind: 'hangs', while: during } }));
    if (2 * wayMs > patienceMs) return hangs(0, 'connecting');
    queue.after(wayMs, () => {
      if (isCut(from, to)) return hangs(wayMs, 'connecting');
      const met = meet(to, question);
      if (met.judgement.kind === 'hangs') return hangs(wayMs, 'answering');
      queue.after(wayMs, () => (isCut(from, to) ? hangs(2 * wayMs, 'answering') : answer(met)));
    });
  };

  const hires =
    (count: number): Hires =>
    (core) => {
      for (const node of answering()?.nodes ?? [])
        if (node.rank < count && isAlive(node)) crossing(0, node.rank, hireMs(node.rank), () => hire(core, node));
    };
  const hireMs = (rank: number) => setup.habits(rank).workerMs - setup.habits(rank).coreMs + network.delayMs(0, rank);
  // What crosses a cut link comes once it is healed.
  const crossing = (from: number, to: number, afterMs: number, arrive: () => void): void =>
    queue.after(afterMs, () => (isCut(from, to) ? crossing(from, to, tryAgainMs, arrive) : arrive()));
  const hire = (core: Proc, { rank, raylet }: Registered) => {
    if (!core.alive || !raylet.alive) return;
    const { pid, owner, epoch } = raylet;
    const actor = processesOf(rank).start({ part: 'worker', ppid: pid, title: 'ray::IDLE', owner, epoch });
    queue.after(30, () => (actor.title = 'ray::RayWorkerProc'));
  };
  // What happens within a node the processes settle among themselves.
  const endElsewhere = (from: number, to: number, { epoch }: Proc, part: Proc['part']) =>
    crossing(from, to, actorEchoMs + network.delayMs(from, to), () => {
      const living = processesOf(to).living();
      const other = living.find((entry) => entry.part === part && entry.epoch === epoch);
      if (other !== undefined) processesOf(to).kill(other, 0, null);
    });
  const ended = (rank: number, proc: Proc, signal: string | null) => {
    if (heads.length === 0) return;
    const node = heads.flatMap((gcs) => gcs.nodes).find(({ raylet }) => raylet === proc);
    if (node !== undefined) node.ended = { atMs: queue.nowMs(), told: signal === null };
    if (proc.part === 'worker' && rank > 0) endElsewhere(rank, 0, proc, 'core');
    if (proc.part !== 'core') return;
    for (const to of nodes.keys()) if (to !== rank) endElsewhere(rank, to, proc, 'worker');
  };
  const cluster = () => {
    const gcs = answering();
    return gcs === undefined
      ? null
      : { epoch: gcs.proc.epoch, ranks: gcs.nodes.filter(isAlive).map(({ rank }) => rank) };
  };
  return { start, hires, ended, ask, cluster };
}

const nodeOf = ({ rank, gpus, order, ended }: Registered, alive: boolean): RayNode => ({
  id: String(order).padStart(56, '0'),
  ip: hostOf(rank),
  hostname: hostOf(rank),
  name: hostOf(rank),
  state: alive ? 'alive' : 'dead',
  isHead: rank === 0,
  gpus,
  cpus: 1,
  nodeManagerPort: 6_380,
  sessionDir: null,
  tempDir: null,
  death: alive ? null : deathOf(ended?.told === true),
});

const deathOf = (told: boolean): RayNode['death'] =>
  told
    ? { reason: 'expected', message: 'received SIGTERM' }
    : { reason: 'unexpected', message: 'health check failed due to missing too many heartbeats' };

function strange(question: WireQuestion, kind: PortHolder['kind']): RayAnswer {
  if (kind === 'redis') return { question, judgement: { kind: 'not-ray', speaks: 'Redis' } };
  if (kind === 'silent') return { question, judgement: { kind: 'hangs', while: 'answering' } };
  if (question === 'health') return { question, judgement: { kind: 'answered', answer: 'serving' } };
  return question === 'clusterId'
    ? { question, judgement: { kind: 'answered', answer: 'f'.repeat(56) } }
    : { question, judgement: { kind: 'answered', answer: [] } };
}
