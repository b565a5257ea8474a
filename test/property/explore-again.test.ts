// What comes after the end: the platform starts the launchers again, one by one as they left, and the group starts anew.
// And what an end looks like from beside: engines that crash because another one died are no second cause.
import { expect, test } from 'vitest';

import { causeOf, openCheck } from '../world/check.ts';
import { faultsOf } from '../world/faults.ts';
import type { Setup, World } from '../world/world.ts';
import { openWorld } from '../world/world.ts';

// A mutant costs too much here; the tables of the unit tests and the transcripts are there for them.
const check = test.skipIf(process.env['STRYKER_MUTATOR_WORKER'] !== undefined);

const size = 3;
const restartMs = 400;

/** Starts a launcher again, as a kubelet does, each time one has gone; a container has no orphans. */
function platform(world: World, untilMs: number): void {
  for (const [rank, node] of world.nodes.entries()) {
    const gone = world.launchers.findLast((launcher) => launcher.rank === rank);
    const again = node.launcher === null && gone !== undefined && gone.exitCode !== 0;
    if (again && node.processes.living().length === 0) world.launch(rank);
  }
  if (world.queue.nowMs() < untilMs) world.queue.after(restartMs, () => platform(world, untilMs));
}

const faults = faultsOf(size).filter(
  (fault) =>
    fault.setup === undefined && fault.cause !== 'asked' && !/orphans|launcher|restarted|vanishes/.test(fault.name),
);

check.each([0, 5, 200, 1_000])(
  'a group that the platform starts again runs once more, alone (messages take %i ms)',
  (delayMs) => {
    const wrong = faults.flatMap((fault) =>
      [300, 1_500, 7_500].flatMap((atMs) => {
        const watcher = openCheck(() => world);
        const world: World = openWorld({ size, delayMs, watch: watcher.watch });
        for (const rank of world.nodes.keys()) world.launch(rank);
        world.queue.at(atMs, () => fault.inject(world));
        const healMs = atMs + (fault.lastsMs ?? 6_500);
        world.queue.at(healMs, () => healAll(world));
        world.queue.after(restartMs, () => platform(world, healMs + 60_000));
        world.queue.runUntil(healMs, () => false);
        world.queue.runUntil(healMs + 60_000, () => world.queue.nowMs() > healMs + 9_000 && isReady(world));
        const phases = world.nodes.map((node) => node.launcher?.state.phase ?? 'gone');
        const lines = [...watcher.broken, ...(isReady(world) ? [] : [`ends as ${phases.join(', ')}`])];
        return lines.map((line) => `${fault.name} at ${atMs}: ${line}`);
      }),
    );
    expect(wrong).toEqual([]);
  },
);

function isReady({ nodes }: World): boolean {
  const epochs = new Set(nodes.map(({ launcher }) => launcher?.state.base.epoch?.leader));
  return epochs.size === 1 && nodes.every(({ launcher }) => launcher?.state.phase === 'ready');
}

function healAll({ network, nodes }: World): void {
  for (const from of nodes.keys()) for (const to of nodes.keys()) network.heal(from, to);
}

// Real lines: gloo's when a peer's process is killed, and NCCL's.
const lines = [
  'RuntimeError: [../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [10.77.0.11]:51234',
  'torch.distributed.DistBackendError: ncclRemoteError: A call failed possibly due to a network error',
];

check.each(
  lines.flatMap((line) => [0, 5, 200].flatMap((delayMs) => [0, 1, 2].map((rank) => ({ line, delayMs, rank })))),
)(
  'the first worker to die is the cause, not those that crash of it (rank $rank, $delayMs ms)',
  ({ line, delayMs, rank }) => {
    for (const afterMs of [10, 60, 140]) {
      const setup: Setup = { size, delayMs, echo: { afterMs, line } };
      const world = openWorld(setup);
      for (const node of world.nodes.keys()) world.launch(node);
      world.queue.at(8_000, () => world.end(rank, 'worker', null, 'SIGKILL'));
      world.queue.runUntil(60_000, () => world.launchers.every((launcher) => launcher.life === 'left'));
      const expected = `process-died rank ${rank} VLLM::Worker_TP${rank} 79`;
      expect(world.launchers.map(causeOf), `crash after ${afterMs} ms`).toEqual([expected, expected, expected]);
    }
  },
);

check('a container that dies is the cause, not the engines that crash of it', () => {
  const world = openWorld({ size, delayMs: 5, echo: { afterMs: 30, line: lines[0] ?? '' } });
  for (const node of world.nodes.keys()) world.launch(node);
  world.queue.at(4_000, () => world.killLauncher(2, 'die'));
  world.queue.runUntil(60_000, () => world.launchers.every((launcher) => launcher.life !== 'running'));
  expect(world.launchers.slice(0, 2).map(causeOf)).toEqual(['peer-lost rank 2 - 75', 'peer-lost rank 2 - 75']);
});
