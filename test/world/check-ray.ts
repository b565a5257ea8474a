// What must hold under Ray besides: nothing starts before what it needs is there, the head goes last, its folder goes too.
import { rayFolder } from '#core/plan/ray-folder.ts';
import type { Effect, EffectOf } from '#core/supervision/effect.ts';
import type { Base, State, Step } from '#core/supervision/state.ts';

import type { Launcher } from './launcher.ts';
import type { World } from './world.ts';

// So long the head waits for its agents once no engine runs.
const agentsMs = 5_000;

const folderOf = ({ self }: Base): string => rayFolder('/tmp', self.incarnation);

/** Returns what is wrong with the effects of one step. */
export function wrongUnderRay(world: World, launcher: Launcher, before: State, { state, effects }: Step): string[] {
  const { plan } = launcher;
  if (plan.ray === null) return [];
  return effects.flatMap((effect) => {
    switch (effect.kind) {
      case 'spawnChild':
        return wrongStart(world, launcher, before, effect);
      case 'signalProcess':
        return isHead(before, effect) && !mayEnd(state) ? ['the head is told to stop before its agents are gone'] : [];
      case 'removeRayFolder':
        return wrongRemoval(world, launcher, effect);
      default:
        return [];
    }
  });
}

function wrongStart(world: World, launcher: Launcher, before: State, { spec }: EffectOf<'spawnChild'>): string[] {
  const epoch = `${before.base.epoch?.leader}/${before.base.epoch?.counter}`;
  // Two heads on one port: which of them answers is nobody's to say.
  if (orphanedHead(world)) return [];
  const cluster = world.ray.cluster();
  const wanted = launcher.plan.ray?.nodes ?? 0;
  switch (spec.name) {
    case 'ray-head':
      return [];
    case 'engine': {
      const there = cluster?.epoch === epoch ? new Set(cluster.ranks) : new Set<number>();
      return [...Array.from({ length: wanted }).keys()]
        .filter((rank) => !there.has(rank))
        .map((rank) => `the engine is started without the node of rank ${rank}`);
    }
    case 'ray-agent': {
      const leader = world.launchers.find(({ incarnation }) => incarnation === before.base.epoch?.leader);
      const early = wanted < world.nodes.length && !hasBeenReady(leader);
      return early ? ["an agent is started before the leader's engine was ready"] : [];
    }
  }
}

const orphanedHead = ({ nodes, launchers }: World): boolean =>
  nodes[0]?.processes
    .living()
    .some((proc) => proc.part === 'gcs' && launchers.find((one) => one.incarnation === proc.owner)?.life === 'dead') ??
  false;

const hasBeenReady = (launcher: Launcher | undefined): boolean =>
  launcher?.state.base.history.some(({ phase }) => phase === 'ready') ?? false;

function isHead(before: State, { process, signal }: EffectOf<'signalProcess'>): boolean {
  if (!('engine' in before) || signal !== 'SIGTERM') return false;
  return before.engine.children.some((child) => child.name === 'ray-head' && child.process?.pid === process.pid);
}

// After a fault nobody waits; nor where a second signal came, and the tree is killed.
function mayEnd(state: State): boolean {
  if (state.phase !== 'stopping' || state.mode === 'fault' || state.base.group.peers.length === 0) return true;
  if (state.killAtMs <= state.base.nowMs) return true;
  const since = state.engine.children.find(({ name }) => name === 'engine')?.end?.atMs ?? beganMs(state);
  return state.base.nowMs >= since + agentsMs;
}

const beganMs = ({ base }: State): number => base.history.find(({ phase }) => phase === 'stopping')?.atMs ?? base.nowMs;

function wrongRemoval(world: World, launcher: Launcher, { path }: EffectOf<'removeRayFolder'>): string[] {
  const users = world.nodes[launcher.rank]?.processes.living(launcher.incarnation) ?? [];
  const other = path === folderOf(launcher.state.base) ? [] : [`removes ${path}, which is not its own`];
  return [...other, ...users.map(({ title }) => `removes ${path} under ${title}`)];
}

/** Returns what the launchers that left have left behind. */
export const foldersLeft = ({ nodes, launchers }: World): string[] =>
  launchers
    .filter(({ life, rank, state }) => life === 'left' && nodes[rank]?.folders.has(folderOf(state.base)))
    .map(({ incarnation, state }) => `${incarnation} left ${folderOf(state.base)}`);

/** Tells whether an effect reads Ray's last lines where they are not. */
export const readsWrongTail = (launcher: Launcher, effect: Effect): boolean =>
  effect.kind === 'readTail' &&
  effect.ray !== null &&
  (launcher.plan.ray === null || effect.ray.folder !== folderOf(launcher.state.base));
