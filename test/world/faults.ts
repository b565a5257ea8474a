// What can go wrong in a group, each by its name: what it does to the world, and what must come of it if nothing else does.
import type { Part } from './processes.ts';
import type { Setup, World } from './world.ts';

export type Fault = {
  readonly name: string;
  /** What the world is like from its beginning. */
  readonly setup?: Partial<Setup>;
  readonly inject: (world: World) => void;
  /** How long it lasts, where it goes on. */
  readonly lastsMs?: number;
  readonly apart?: readonly number[];
  readonly orphans?: true;
  /** The engine does not stop by itself. */
  readonly deaf?: true;
  /** Who is asked to stop; twice by two faults is twice. */
  readonly asks?: readonly number[];
  /** Once the group runs: the cause in all members that can talk, 'asked', or 'none' where it must go on. */
  readonly cause?: string;
  /** How soon each member that lives must tell its engine to stop, without delays on the way. */
  readonly withinMs?: number;
  /** The process that must be there for it. */
  readonly needs?: Part;
};

export const nothing = () => undefined;

// The figures of the main issue: a death at 300 ms, a cut link at 5.5 s.
export const atOnceMs = 300;
const cutLinkMs = 5_500;
// Where one direction works, its side hears the other until TCP sends nothing more without an answer.
const oneWayMs = cutLinkMs + 2_500;

/** What can go wrong in a group under mp. */
export const faultsOf = (size: number): readonly Fault[] => [
  ...ranksOf(size).flatMap((rank) => [...deaths(rank), ...memberFaults(rank)]),
  ...ranksOf(size).slice(1).flatMap(losses),
  died(0, 'core', 'VLLM::EngineCore'),
  ...together(size),
];

/** What can go wrong whatever the engine is. */
export const groupFaultsOf = (size: number): readonly Fault[] => [
  ...ranksOf(size).flatMap(memberFaults),
  ...ranksOf(size).slice(1).flatMap(losses),
  ...together(size),
];

/** Returns the ranks of a group. */
export const ranksOf = (size: number): readonly number[] => Array.from({ length: size }, (_, rank) => rank);

const memberFaults = (rank: number): Fault[] => [...launcherDeaths(rank), ...stops(rank), ...delays(rank)];

const together = (size: number): Fault[] => [
  {
    name: 'all are frozen for 30 s',
    inject: (world) => world.nodes.forEach(({ launcher }) => launcher?.freeze(30_000)),
    lastsMs: 30_000,
    deaf: true,
    cause: 'none',
  },
  {
    name: 'all are asked to stop',
    inject: (world) => world.nodes.forEach((_, rank) => world.signal(rank, 'SIGTERM')),
    asks: ranksOf(size),
    cause: 'asked',
  },
];

/** Returns the death of a process that the launcher did not start itself. */
export function died(rank: number, part: Part, title: string): Fault {
  const inject = (world: World) => world.end(rank, part, null, 'SIGKILL');
  return {
    name: `${title} of rank ${rank} is killed`,
    inject,
    cause: `process-died rank ${rank} ${title} 79`,
    withinMs: atOnceMs,
    needs: part,
  };
}

function deaths(rank: number): Fault[] {
  return [
    ...topDeaths(rank, 'top', `vllm serve model --node-rank ${rank}`),
    died(rank, 'worker', `VLLM::Worker_TP${rank}`),
    {
      name: `the engine of rank ${rank} cannot be started`,
      setup: { habits: (other) => (other === rank ? { spawnFails: 'not-found' } : {}) },
      inject: nothing,
      cause: `spawn-failed rank ${rank} - 127`,
    },
  ];
}

/** Returns the deaths of a process of the plan. */
export function topDeaths(rank: number, part: 'top' | 'ray', title: string): Fault[] {
  const ends = (code: number | null, signal: string | null, status: number, how: string): Fault => ({
    name: `${part === 'top' ? 'the engine' : 'ray start'} of rank ${rank} ${how}`,
    inject: (world) => world.end(rank, part, code, signal),
    cause: `process-died rank ${rank} ${title} ${status}`,
    withinMs: atOnceMs,
    needs: part,
  });
  return [ends(null, 'SIGKILL', 137, 'is killed'), ends(0, null, 79, 'ends with 0'), ends(3, null, 3, 'ends with 3')];
}

function launcherDeaths(rank: number): Fault[] {
  const cause = `peer-lost rank ${rank} - 75`;
  const apart = [rank];
  return [
    {
      name: `the container of rank ${rank} is killed`,
      inject: (world) => world.killLauncher(rank, 'die'),
      apart,
      cause,
      withinMs: atOnceMs,
    },
    {
      name: `the launcher of rank ${rank} is killed`,
      inject: (world) => world.killLauncher(rank, 'live on'),
      apart,
      orphans: true,
      cause,
      withinMs: atOnceMs,
    },
    {
      name: `the container of rank ${rank} is restarted`,
      inject: (world) => {
        world.killLauncher(rank, 'die');
        world.queue.after(500, () => world.launch(rank));
      },
      apart,
      cause,
      lastsMs: 1_000,
    },
    {
      name: `the launcher of rank ${rank} is restarted beside its orphans`,
      inject: (world) => {
        world.killLauncher(rank, 'live on');
        world.queue.after(20, () => world.launch(rank));
      },
      apart,
      orphans: true,
      cause,
      lastsMs: 1_000,
    },
    {
      name: `the launcher of rank ${rank} breaks`,
      inject: (world) => world.nodes[rank]?.launcher?.push({ kind: 'launcherBroke', reason: 'x is undefined' }),
      cause: `internal rank ${rank} - 70`,
      withinMs: atOnceMs,
      // While the leader's start is on its way to it, it ends at its gate, outside the epoch: to the others it is lost.
      needs: 'top',
    },
    {
      name: `node ${rank} vanishes`,
      inject: (world) => {
        for (const other of world.nodes.keys()) {
          world.network.cut(rank, other);
          world.network.cut(other, rank);
        }
        world.killLauncher(rank, 'die');
      },
      apart,
      cause,
      withinMs: cutLinkMs,
    },
  ];
}

function stops(rank: number): Fault[] {
  const term = (world: World) => world.signal(rank, 'SIGTERM');
  return [
    { name: `rank ${rank} is asked to stop`, inject: term, asks: [rank], cause: 'asked' },
    {
      name: `rank ${rank} is asked twice`,
      inject: (world) => {
        term(world);
        world.queue.after(120, () => term(world));
      },
      asks: [rank, rank],
      cause: 'asked',
    },
    {
      name: `rank ${rank} is asked, and its engine is deaf`,
      setup: { habits: (other) => (other === rank ? { deafToTerm: true } : {}) },
      inject: term,
      asks: [rank],
      deaf: true,
      cause: 'asked',
    },
  ];
}

function delays(rank: number): Fault[] {
  const freeze = (forMs: number) => (world: World) => world.nodes[rank]?.launcher?.freeze(forMs);
  return [
    { name: `rank ${rank} is frozen for 3 s`, inject: freeze(3_000), lastsMs: 3_000, cause: 'none' },
    {
      name: `rank ${rank} is frozen for 30 s`,
      inject: freeze(30_000),
      lastsMs: 30_000,
      apart: [rank],
      // The grace time goes on meanwhile.
      deaf: true,
      cause: `peer-lost rank ${rank} - 75`,
    },
    {
      name: `rank ${rank} is late`,
      setup: { lateMs: (other) => (other === rank ? 400 : 0) },
      inject: nothing,
      cause: 'none',
    },
    {
      name: `rank ${rank} says hello after 4 s`,
      setup: { helloMs: (other) => (other === rank ? 4_000 : 1) },
      inject: nothing,
    },
  ];
}

function losses(rank: number): Fault[] {
  const cut = (world: World) => {
    world.network.cut(0, rank);
    world.network.cut(rank, 0);
  };
  const heal = (world: World) => {
    world.network.heal(0, rank);
    world.network.heal(rank, 0);
  };
  const cause = `peer-lost rank ${rank} - 75`;
  const apart = [rank];
  return [
    { name: `the link to rank ${rank} is cut`, inject: cut, apart, cause, withinMs: cutLinkMs },
    {
      name: `the link to rank ${rank} is cut for 3 s`,
      inject: (world) => {
        cut(world);
        world.queue.after(3_000, () => heal(world));
      },
      lastsMs: 3_000,
      apart,
      cause: 'none',
    },
    {
      name: `nothing reaches rank ${rank}`,
      inject: (world) => world.network.cut(0, rank),
      apart,
      cause,
      withinMs: oneWayMs,
    },
    {
      name: `rank ${rank} is not heard`,
      inject: (world) => world.network.cut(rank, 0),
      apart,
      cause,
      withinMs: oneWayMs,
    },
  ];
}
