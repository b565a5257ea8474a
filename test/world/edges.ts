// Which phase follows which, and on what: found by letting things happen, so that the picture is what the code does.
import type { Event } from '#core/supervision/event.ts';
import { couplings } from '#core/supervision/couplings.ts';

import type { Fault } from './faults.ts';
import { faultsOf } from './faults.ts';
import type { Watch } from './launcher.ts';
import { rayFaultsOf } from './ray-faults.ts';
import { etcd, stories } from './stories.ts';
import type { Setup, World } from './world.ts';
import { openWorld } from './world.ts';

type Explored = { readonly setup: Setup; readonly faults: readonly Fault[]; readonly times: readonly number[] };

const groups: readonly Explored[] = [
  { setup: { size: 1, delayMs: 5 }, faults: faultsOf(1), times: [3, 120, 700, 2_600] },
  {
    setup: { size: 3, delayMs: 100, plan: () => ({ drainDelayMs: 300 }) },
    faults: faultsOf(3),
    times: [3, 120, 700, 2_600],
  },
  {
    setup: { size: 2, delayMs: 5, servicesAtMs: 500, plan: () => ({ services: [etcd] }) },
    faults: faultsOf(2),
    times: [120, 700],
  },
  {
    setup: { size: 2, delayMs: 5, plan: () => ({ outcome: 'ray' }) },
    faults: rayFaultsOf(2, 'ray'),
    times: [60, 700],
  },
];

/** From phase to phase, and the events that were seen to lead there. */
export type Edges = ReadonlyMap<string, ReadonlySet<string>>;

export function exploreEdges(): Edges {
  const edges = new Map<string, Set<string>>();
  const watch: Watch = (_, before, event, { state }) => {
    if (before.phase === state.phase) return;
    const key = `${before.phase} --> ${state.phase}`;
    edges.set(key, (edges.get(key) ?? new Set()).add(wordOf(event)));
  };
  for (const { setup, play } of stories) {
    const world = openWorld({ ...setup, watch });
    play(world, () => undefined);
    world.queue.runUntil(30_000, () => false);
  }
  for (const { setup, faults, times } of groups)
    for (const fault of faults)
      for (const atMs of times) letHappen({ ...setup, ...fault.setup, watch }, fault.inject, atMs);
  return edges;
}

// Each thing by itself, and again while all stop because they were asked to.
function letHappen(setup: Setup, inject: (world: World) => void, atMs: number): void {
  for (const askedMs of [null, 2_500]) {
    const world = openWorld(setup);
    for (const rank of world.nodes.keys()) world.launch(rank);
    world.queue.at(atMs, () => inject(world));
    if (askedMs !== null) world.queue.at(askedMs, () => world.signal(0, 'SIGTERM'));
    world.queue.runUntil(45_000, () => world.launchers.every((launcher) => launcher.state.phase === 'ended'));
  }
}

const wordOf = (event: Event): string => (event.kind === 'frameReceived' ? `'${event.frame.body.kind}'` : event.kind);

/** Returns the picture and the table of what news of the group mean, as they stand in ARCHITECTURE.md. */
export function renderEdges(edges: Edges): string {
  const lines = [...edges].map(([key, words]) => `  ${key}: ${[...words].toSorted().join(', ')}`);
  const picture = ['```mermaid', 'stateDiagram-v2', '  [*] --> opening', ...lines.toSorted(), '  ended --> [*]', '```'];
  const phases = Object.keys(couplings) as (keyof typeof couplings)[];
  const news = Object.keys(couplings.opening) as (keyof typeof couplings.opening)[];
  const cell = (phase: keyof typeof couplings, kind: keyof typeof couplings.opening): string => {
    const meaning = couplings[phase][kind];
    return meaning === 'ignored' ? '·' : meaning.name;
  };
  const rows = news.map((kind) => `| ${[kind, ...phases.map((phase) => cell(phase, kind))].join(' | ')} |`);
  const table = [`| | ${phases.join(' | ')} |`, `| --- |${' --- |'.repeat(phases.length)}`, ...rows];
  return [...picture, '', 'What the group link learned, coupled with the phase:', '', ...table].join('\n');
}
