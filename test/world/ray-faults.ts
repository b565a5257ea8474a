// What can go wrong under Ray: its own processes die, nodes do not come as they should, its port is not free; and all that
// can go wrong in any group.
import type { Fault } from './faults.ts';
import { atOnceMs, died, groupFaultsOf, nothing, ranksOf, topDeaths } from './faults.ts';
import { hostOf } from './plan.ts';
import type { PortHolder } from './ray.ts';
import type { RayOutcome } from './ray-plan.ts';
import { rayPort } from './ray-plan.ts';
import type { World } from './world.ts';

/** What can go wrong in a group under Ray. */
export const rayFaultsOf = (size: number, outcome: RayOutcome): readonly Fault[] => [
  ...rayOwnFaultsOf(size, outcome),
  ...groupFaultsOf(size),
];

/** What can go wrong under Ray alone. */
export const rayOwnFaultsOf = (size: number, outcome: RayOutcome): readonly Fault[] => [
  ...topDeaths(0, 'top', 'vllm serve model'),
  died(0, 'core', 'VLLM::EngineCore'),
  died(0, 'gcs', '/ray/core/src/ray/gcs/gcs_server'),
  ...ranksOf(size).flatMap((rank) => [...rayDeaths(rank), spawnFailure(rank)]),
  // The engine of elastic-ep starts on the leader's node alone.
  ...ranksOf(outcome === 'ray' ? size : 1).flatMap((rank) => [actorDeath(rank), ...lacks(rank)]),
  ...(['ray', 'redis', 'silent'] as const).map(portTaken),
];

const rayTitle = (rank: number): string =>
  rank === 0
    ? `ray start --head --block --node-ip-address=${hostOf(0)}`
    : `ray start --block --node-ip-address=${hostOf(rank)} --address=${hostOf(0)}:${rayPort}`;

const rayDeaths = (rank: number): Fault[] => [
  ...topDeaths(rank, 'ray', rayTitle(rank)),
  died(rank, 'raylet', '/ray/core/src/ray/raylet/raylet'),
  died(rank, 'helper', 'ray::DashboardAgent'),
  {
    name: `the raylet of rank ${rank} ends by itself`,
    inject: (world: World) => world.end(rank, 'raylet', 0, null),
    cause: `process-died rank ${rank} /ray/core/src/ray/raylet/raylet 79`,
    withinMs: atOnceMs,
    needs: 'raylet',
  },
];

const actorDeath = (rank: number): Fault => died(rank, 'worker', 'ray::RayWorkerProc');

const spawnFailure = (rank: number): Fault => ({
  name: `ray start of rank ${rank} cannot be started`,
  setup: { habits: (other) => (other === rank ? { spawnFails: 'not-found' } : {}) },
  inject: nothing,
  cause: `spawn-failed rank ${rank} - 127`,
});

const lacks = (rank: number): Fault[] => [
  {
    name: `the node of rank ${rank} never registers`,
    setup: { habits: (other) => (other === rank ? { registers: false } : {}) },
    inject: nothing,
    cause: 'gate-timeout rank 0 - 69',
  },
  {
    name: `the node of rank ${rank} has no GPU`,
    setup: { habits: (other) => (other === rank ? { gpus: 0 } : {}) },
    inject: nothing,
    cause: `refused rank ${rank} - 78`,
  },
];

const portTaken = (kind: PortHolder['kind']): Fault => ({
  name: `the port of the head is held by ${{ ray: 'another Ray', redis: 'Redis', silent: 'one that is silent' }[kind]}`,
  setup: { portHolder: { kind, untilMs: Infinity } },
  inject: nothing,
  cause: 'os rank 0 - 71',
});
