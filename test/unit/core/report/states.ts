// States by hand for what is said of them: a single node that is ready, and the same in another phase.
import type { Peer } from '#core/group/peer.ts';
import type { Base, Engine, Readiness, StateOf } from '#core/supervision/state.ts';

import { as, ready } from '../../../world/drive.ts';
import type { PlanWish } from '../../../world/plan.ts';

/** A node of a plan whose engine runs and answers. */
export const readyState = (change: Partial<Base> = {}, wish: Partial<PlanWish> = {}): StateOf<'ready'> => {
  const state = as(ready(wish), 'ready');
  return { ...state, base: { ...state.base, ...change } };
};

const { base: readyBase, engine: running, readiness: answers } = readyState();

export const baseWith = (change: Partial<Base> = {}): Base => ({ ...readyBase, ...change });
export const ranked = (rank: number, size = 2): Base['self'] => ({ ...readyBase.self, rank, size });
export const planWith = (change: Partial<Base['plan']>): Base['plan'] => ({ ...readyBase.plan, ...change });
export const documentWith = (change: Partial<Base['plan']['document']>): Base['plan'] =>
  planWith({ document: { ...readyBase.plan.document, ...change } });
export const readinessWith = (reason: string | null): Readiness => ({ ...answers, reason });

type Named = 'engine' | 'ray-head' | 'ray-agent';

/** What runs: these processes, and none of those that ended. */
export const engineOf = (living: readonly Named[] = ['engine'], ended: readonly Named[] = []): Engine => ({
  ...running,
  children: [
    ...ended.map((name) => ({ name, process: { pid: 1, startTicks: 1 }, end: { code: 0, signal: null, atMs: 1 } })),
    ...living.map((name) => ({ name, process: { pid: 2, startTicks: 2 }, end: null })),
  ],
});

export const peer = (rank: number, change: Partial<Peer> = {}): Peer => ({
  rank,
  host: `node${rank}`,
  address: `10.0.0.${rank}`,
  port: 9441,
  incarnation: `node${rank}`,
  link: rank,
  sinceMs: 5,
  heardMs: 80,
  forgiven: 0,
  reachableMs: null,
  evidence: 'none',
  probing: false,
  nextProbeMs: 0,
  phase: 'ready',
  ready: true,
  ray: null,
  gpus: 4,
  ...change,
});

export const peers = (...list: readonly Peer[]): Base['group'] => ({ ...readyBase.group, role: 'leader', peers: list });

/** Cleaning up, whose time was over at 1 s. */
export const sweeping = (nowMs: number, ...titles: readonly string[]): StateOf<'sweeping'> => ({
  phase: 'sweeping',
  base: baseWith({ nowMs }),
  engine: engineOf(),
  mode: 'asked',
  sweeping: false,
  nextPassMs: 0,
  killAtMs: 1_000,
  giveUpAtMs: 9_000,
  told: false,
  emptyPasses: 0,
  survivors: titles.map((title, at) => ({ pid: at + 1, startTicks: 1, ppid: 1, title, ageMs: 1 })),
  killed: [],
});
