// A group of launchers as a pure simulation: virtual time, links, processes, names. Deterministic: what happens is what
// was asked for, in the order of its time. The interpreter here stands where edge/perform.ts stands.
import type { Body, Frame } from '#core/group/message.ts';
import { protocolVersion } from '#core/group/message.ts';
import type { ProcessSpec } from '#core/plan/plan.ts';
import type { Effect, EffectOf } from '#core/supervision/effect.ts';
import { isResourceTracker } from '#upstream/python/titles.ts';

import { openConnector } from './connect.ts';
import type { Launcher, Thaw, Watch } from './launcher.ts';
import { openLauncher } from './launcher.ts';
import type { Network } from './network.ts';
import { openNetwork } from './network.ts';
import type { PlanWish } from './plan.ts';
import { digestOf, hostOf, planOf } from './plan.ts';
import type { Habits, Proc, Processes } from './processes.ts';
import { openProcesses, plainHabits, toSeen } from './processes.ts';
import type { Queue } from './queue.ts';
import { openQueue } from './queue.ts';
import type { PortHolder, Ray } from './ray.ts';
import { openRay } from './ray.ts';
import { folderVariable } from './ray-plan.ts';

export type Setup = {
  readonly size: number;
  readonly delayMs: number;
  readonly plan?: (rank: number) => Partial<PlanWish>;
  readonly habits?: (rank: number) => Partial<Habits>;
  readonly helloMs?: (rank: number) => number;
  readonly lateMs?: (rank: number) => number;
  /** When the leader's name resolves; never is Infinity. */
  readonly nameAtMs?: number;
  /** When the services are reachable; never is Infinity. */
  readonly servicesAtMs?: number;
  readonly listenerFails?: (rank: number) => string | null;
  readonly thaw?: Thaw;
  /** What an engine says when another's death reaches it, and after how long; without it nothing, as vLLM when idle. */
  readonly echo?: { readonly afterMs: number; readonly line: string };
  /** Who holds the port of Ray's head before ours. */
  readonly portHolder?: PortHolder;
  readonly without?: 'heartbeats' | 'sweep' | null;
  readonly watch?: Watch;
};

export type Node = {
  readonly processes: Processes;
  /** What was made for Ray, and not removed yet. */
  readonly folders: Set<string>;
  launcher: Launcher | null;
};

export type World = {
  readonly queue: Queue;
  readonly network: Network;
  readonly nodes: readonly Node[];
  readonly ray: Ray;
  /** Every launcher there ever was. */
  readonly launchers: Launcher[];
  readonly launch: (rank: number) => void;
  readonly killLauncher: (rank: number, processes: 'die' | 'live on') => void;
  readonly signal: (rank: number, signal: string) => void;
  readonly end: (rank: number, part: Proc['part'], code: number | null, signal: string | null) => void;
  /** Whether a process was to end that was not there. */
  readonly missed: () => boolean;
};

const quickMs = 2;
const lastWordsMs = 250;

export function openWorld(setup: Setup): World {
  const queue = openQueue();
  const network = openNetwork(queue, (from, to) => (from === to ? 0 : setup.delayMs));
  const watch = setup.watch ?? (() => undefined);
  const habitsOf = (rank: number): Habits => ({ ...plainHabits, ...setup.habits?.(rank) });
  let incarnations = 0;
  let missed = false;
  const nodes: Node[] = Array.from({ length: setup.size }, (_, rank) => {
    const watchExit = (proc: Proc, code: number | null, signal: string | null) => exited(rank, proc, code, signal);
    return { launcher: null, folders: new Set(), processes: openProcesses(queue, rank, habitsOf(rank), watchExit) };
  });
  const ray = openRay(queue, network, nodes, { habits: habitsOf, holder: setup.portHolder ?? null });
  const exited = (rank: number, proc: Proc, code: number | null, signal: string | null) => {
    const owner = launchers.find((launcher) => launcher.incarnation === proc.owner);
    const { name } = proc;
    if (name !== null) queue.after(1, () => owner?.push({ kind: 'childExited', epoch: 1, name, code, signal }));
    ray.ended(rank, proc, signal);
    if (setup.echo !== undefined && proc.part === 'worker' && signal === 'SIGKILL')
      queue.after(setup.echo.afterMs, () => echo(rank));
  };
  const echo = (from: number) =>
    nodes.forEach(({ processes }, rank) => {
      const worker = processes.living().find((proc) => proc.part === 'worker');
      if (rank === from || worker === undefined) return;
      crashed.add(worker);
      processes.kill(worker, 1, null);
    });
  const launchers: Launcher[] = [];
  const crashed = new Set<Proc>();
  const connector = openConnector(queue, network, nodes);
  const rankOf = (host: string) => Array.from(nodes.keys()).find((rank) => hostOf(rank) === host) ?? -1;
  const nodeOf = (host: string) => nodes[rankOf(host)];

  const perform = (launcher: Launcher, effect: Effect) => performers[effect.kind](launcher, effect as never);
  const performers: { readonly [K in Effect['kind']]: (launcher: Launcher, effect: EffectOf<K>) => void } = {
    say: () => undefined,
    writeTermination: () => undefined,
    askRay: (launcher, effect) => {
      // Every Ray of this world can be read.
      if (effect.question === 'status') throw new Error('nobody asks `ray status` here');
      ray.ask(launcher.rank, rankOf(effect.host), effect.question, (answer) =>
        launcher.push({ kind: 'rayAnswered', epoch: effect.epoch, ...answer }),
      );
    },
    removeRayFolder: (launcher, { path }) => void nodes[launcher.rank]?.folders.delete(path),
    resolveName: (launcher) => {
      const known = queue.nowMs() >= (setup.nameAtMs ?? 0);
      queue.after(5, () =>
        launcher.push(
          known
            ? { kind: 'nameResolved', address: hostOf(0), own: hostOf(launcher.rank), interface: 'eth0' }
            : { kind: 'nameUnresolved', reason: 'no such name' },
        ),
      );
    },
    tryServices: (launcher, { services }) => {
      const reason = queue.nowMs() >= (setup.servicesAtMs ?? 0) ? null : 'refused';
      queue.after(5, () => launcher.push({ kind: 'servicesTried', reasons: services.map(() => reason) }));
    },
    openListener: (launcher) => {
      const reason = setup.listenerFails?.(launcher.rank) ?? null;
      queue.after(1, () => {
        launcher.listening = reason === null;
        launcher.push(reason === null ? { kind: 'listenerOpened' } : { kind: 'listenerFailed', reason });
      });
    },
    closeListener: (launcher) => void (launcher.listening = false),
    openLink: (launcher, { host }) => connector.dial(launcher, nodeOf(host)),
    sendFrame: (launcher, { link, epoch, body }) => send(launcher, link, body, epoch),
    sendHello: (launcher, { link, key, hello, fields }) =>
      queue.after(setup.helloMs?.(launcher.rank) ?? 1, () =>
        send(launcher, link, { kind: 'hello', hello: { ...hello, fields: digestOf(key, fields) } }, null),
      ),
    closeLink: (_, { link }) => network.close(link),
    probePeer: (launcher, { rank, host }) => connector.probe(launcher, rank, nodeOf(host)),
    spawnChild: (launcher, { epoch, spec }) => spawn(launcher, epoch, spec),
    signalProcess: (launcher, { process, signal }) => processesOf(launcher).signal(process, signal),
    scanProcesses: (launcher, { epoch, whole, known }) =>
      queue.after(quickMs, () => {
        const pids = new Set(known.map((entry) => entry.pid));
        const ours = processesOf(launcher).living(launcher.incarnation);
        const alive = (whole ? ours : ours.filter((proc) => pids.has(proc.pid))).map(toSeen);
        launcher.push({ kind: 'processesSeen', epoch, whole, alive });
      }),
    sweepTree: (launcher, { epoch, signal, spareTrackers }) => {
      const ours = processesOf(launcher).living(launcher.incarnation);
      const meant = ours.filter((proc) => !(spareTrackers && isResourceTracker(proc.title)));
      if (signal !== null && setup.without !== 'sweep')
        for (const proc of meant) processesOf(launcher).signal(proc, signal);
      queue.after(quickMs, () => {
        const left = setup.without === 'sweep' ? [] : processesOf(launcher).living(launcher.incarnation);
        launcher.push({ kind: 'treeSwept', epoch, survivors: left.map((proc) => ({ ...toSeen(proc), ageMs: 0 })) });
      });
    },
    probeEngine: (launcher, { epoch }) =>
      queue.after(quickMs, () => {
        const status = serves(launcher) ? 200 : null;
        launcher.push({ kind: 'engineProbed', epoch, answers: [{ status, reason: 'connection refused' }] });
      }),
    readTail: (launcher, { epoch }) =>
      queue.after(lastWordsMs, () => launcher.push({ kind: 'tailRead', epoch, lines: linesOf(launcher) })),
    finish: (launcher, { code }) => {
      launcher.exitCode = code;
      launcher.life = 'left';
      hangUp(launcher);
    },
  };
  const processesOf = (launcher: Launcher): Processes => (nodes[launcher.rank] as Node).processes;

  const send = (launcher: Launcher, link: number, body: Body, epoch: Frame['epoch']) => {
    if (launcher.life !== 'running' || (setup.without === 'heartbeats' && body.kind === 'heartbeat')) return;
    launcher.seq += 1;
    const { group } = launcher.state.base.self;
    const { incarnation, seq } = launcher;
    network.send(link, { protocol: protocolVersion, group, incarnation, epoch, seq, body });
  };
  const hangUp = (launcher: Launcher) => {
    launcher.listening = false;
    for (const link of launcher.links) network.close(link);
    const node = nodes[launcher.rank];
    if (node?.launcher === launcher) node.launcher = null;
  };
  const spawn = (launcher: Launcher, epoch: number, { name, argv, env }: ProcessSpec) => {
    const { spawnMs, spawnFails } = habitsOf(launcher.rank);
    const title = argv.join(' ');
    queue.after(spawnMs, () => {
      if (launcher.life === 'dead') return;
      if (spawnFails !== null) {
        const reason = `cannot run ${title.slice(0, 4)}: no such file`;
        return launcher.push({ kind: 'spawnFailed', name, epoch, why: spawnFails, reason });
      }
      const folder = env.set[folderVariable] ?? null;
      if (folder !== null) nodes[launcher.rank]?.folders.add(folder);
      const { pid, startTicks } = begin(launcher, name, title);
      launcher.push({ kind: 'childSpawned', name, epoch, pid, startTicks });
    });
  };
  const begin = ({ rank, incarnation, plan, state }: Launcher, name: ProcessSpec['name'], title: string): Proc => {
    const { leader, counter } = state.base.epoch ?? { leader: '', counter: 0 };
    const epoch = `${leader}/${counter}`;
    if (name !== 'engine') return ray.start(rank, incarnation, epoch, title);
    const hires = plan.ray === null ? null : ray.hires(plan.ray.nodes);
    return (nodes[rank] as Node).processes.startEngine(incarnation, epoch, title, hires);
  };
  // 200 once every worker of the group is there; /health knows nothing of what happens later on other nodes.
  const everUp = new Map<string, number>();
  const serves = (launcher: Launcher): boolean => {
    const own = processesOf(launcher).living(launcher.incarnation);
    if (!own.some((proc) => proc.part === 'top') || !own.some((proc) => proc.part === 'worker')) return false;
    const spanned = nodes.slice(0, launcher.plan.ray?.nodes ?? nodes.length);
    if (!everUp.has(launcher.incarnation) && spanned.every((node) => node.processes.workerUp()))
      everUp.set(launcher.incarnation, queue.nowMs());
    const { readyMs } = habitsOf(launcher.rank);
    return queue.nowMs() >= (everUp.get(launcher.incarnation) ?? Infinity) + readyMs;
  };
  const linesOf = (launcher: Launcher): readonly string[] => {
    const dead = processesOf(launcher)
      .all()
      .find((proc) => crashed.has(proc));
    return dead === undefined ? [] : [`(Worker_TP${launcher.rank} pid=${dead.pid}) ${setup.echo?.line}`];
  };
  const launch = (rank: number) => {
    incarnations += 1;
    const plan = planOf({ rank, size: setup.size, ...setup.plan?.(rank) });
    const incarnation = `${hostOf(rank)}-${incarnations}`;
    const lateMs = setup.lateMs?.(rank) ?? 0;
    const launcher = openLauncher(queue, {
      plan,
      incarnation,
      lateMs,
      thaw: setup.thaw ?? 'inbox-first',
      perform,
      watch,
    });
    (nodes[rank] as Node).launcher = launcher;
    launchers.push(launcher);
    launcher.push({ kind: 'launchRequested' });
  };
  return {
    queue,
    network,
    nodes,
    ray,
    launchers,
    launch,
    killLauncher: (rank, fate) => {
      const launcher = nodes[rank]?.launcher;
      if (launcher === null || launcher === undefined) return;
      launcher.life = 'dead';
      if (fate === 'die')
        for (const proc of processesOf(launcher).living()) processesOf(launcher).kill(proc, null, 'SIGKILL');
      hangUp(launcher);
    },
    signal: (rank, signal) => nodes[rank]?.launcher?.push({ kind: 'signalReceived', signal }),
    end: (rank, part, code, signal) => {
      const processes = nodes[rank]?.processes;
      const proc = processes?.living().find((entry) => entry.part === part);
      if (proc === undefined) missed = true;
      else processes?.kill(proc, code, signal);
    },
    missed: () => missed,
  };
}
