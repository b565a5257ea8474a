// One run: a group, some faults at given times, and all that was wrong with it.
import type { Check } from './check.ts';
import { openCheck } from './check.ts';
import type { Fault } from './faults.ts';
import type { Setup, World } from './world.ts';
import { openWorld } from './world.ts';

export type Happens = { readonly fault: Fault; readonly atMs: number };

export type Run = { readonly world: World; readonly check: Check; readonly wrong: readonly string[] };

// Peer deadline, grace, sweep, and the gate of a member that waits for others in vain.
const afterMs = 40_000;
const calmMs = 9_000;

export function explore(setup: Setup, happenings: readonly Happens[]): Run {
  const check: Check = openCheck(() => world);
  const world: World = openWorld({ ...setups(setup, happenings), watch: check.watch });
  for (const rank of world.nodes.keys()) world.launch(rank);
  for (const { fault, atMs } of happenings) world.queue.at(atMs, () => fault.inject(world));
  const lastMs = Math.max(0, ...happenings.map(({ fault, atMs }) => atMs + (fault.lastsMs ?? 0)));
  world.queue.runUntil(lastMs, () => false);
  world.queue.runUntil(lastMs + afterMs, () => isOver(world, lastMs));
  const faults = happenings.map(({ fault }) => fault);
  const asks = faults.flatMap((fault) => fault.asks ?? []);
  const twice = asks.filter((rank, index) => asks.indexOf(rank) !== index);
  const wrong = check.verdict(world, {
    // Who is told twice leaves without waiting for anybody.
    apart: new Set([...faults.flatMap((fault) => fault.apart ?? []), ...twice.filter((rank) => rank > 0)]),
    orphans: faults.some((fault) => fault.orphans),
    forced: twice.length > 0 || faults.some((fault) => fault.deaf),
  });
  return { world, check, wrong };
}

function isOver({ launchers, queue, nodes }: World, lastMs: number): boolean {
  const running = launchers.filter((launcher) => launcher.life === 'running' || launcher.life === 'frozen');
  if (running.length === 0) return queue.nowMs() > lastMs + 1_000;
  if (queue.nowMs() < lastMs + calmMs) return false;
  return running.length === nodes.length && running.every((launcher) => launcher.state.phase === 'ready');
}

function setups(setup: Setup, happenings: readonly Happens[]): Setup {
  const all = happenings.map(({ fault }) => fault.setup ?? {});
  return {
    ...setup,
    habits: (rank) =>
      Object.assign({}, ...all.map((one) => one.habits?.(rank) ?? {}), setup.habits?.(rank) ?? {}) as object,
    helloMs: (rank) => Math.max(1, ...all.map((one) => one.helloMs?.(rank) ?? 1)),
    ...all.reduce<Partial<Setup>>((found, { portHolder }) => (portHolder === undefined ? found : { portHolder }), {}),
    lateMs: (rank) => Math.max(0, ...all.map((one) => one.lateMs?.(rank) ?? 0)),
  };
}

/** When a group in which nothing happens gathers its Ray nodes (0 without Ray), starts its engines, and when all are ready. */
export type Milestones = { readonly assembleMs: number; readonly startMs: number; readonly readyMs: number };

/** Returns the milestones of a group in which nothing happens. */
export function milestones(setup: Setup): Milestones {
  let assembleMs = 0;
  let startMs = 0;
  let readyMs = 0;
  const world = openWorld({
    ...setup,
    watch: (_, before, __, { state }) => {
      if (state.phase === before.phase) return;
      if (state.phase === 'assembling' && assembleMs === 0) assembleMs = world.queue.nowMs();
      if (state.phase === 'starting' && state.base.self.rank === 0) startMs = world.queue.nowMs();
      if (state.phase === 'ready') readyMs = world.queue.nowMs();
    },
  });
  for (const rank of world.nodes.keys()) world.launch(rank);
  const ready = () => world.launchers.every((launcher) => launcher.state.phase === 'ready');
  world.queue.runUntil(60_000, ready);
  return { assembleMs, startMs, readyMs };
}
