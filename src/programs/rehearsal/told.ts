import type { ChildProcess } from 'node:child_process';

import { delayOf, isTold, report, spawnKin, type Setup } from './kin.ts';
import { finish, say } from './say.ts';

// The faults that are not part of a role's own story.

// A left-behind daemon that nobody sweeps up goes by itself after this long.
const DAEMON_LIFE_MS = 600_000;

const FLOOD_LINE = `${'rehearsal of a flood of output '.repeat(31)}\n`.repeat(64);

/** SIGKILL to the first of `children` when its time has come; without one the fault is only mentioned. */
export const killLater = (
  setup: Setup,
  kind: 'kill-worker-after' | 'kill-engine-core-after',
  children: readonly ChildProcess[],
): void => {
  const afterMs = delayOf(setup, kind);
  if (afterMs === null) return;
  setTimeout(
    () =>
      children[0]?.kill('SIGKILL') ??
      say('Rehearsal', `nothing to kill for ${kind}: this node has no such process`, 'WARNING'),
    afterMs,
  );
};

/** Starts the faults of the top process that run beside everything else. */
export const startFaults = (setup: Setup): void => {
  // Its children end by themselves: killed by it they could be seen dead before it is, and pass for the cause.
  const dieMs = delayOf(setup, 'die-after');
  if (dieMs !== null) setTimeout(() => finish(1), dieMs);
  const zeroMs = delayOf(setup, 'exit-zero-after');
  if (zeroMs !== null) setTimeout(() => finish(0), zeroMs);
  if (isTold(setup, 'flood-output')) flood();
  if (!isTold(setup, 'leave-children')) return;
  spawnKin('daemon', setup, 'ignore', true);
  spawnKin('forker', setup, 'ignore');
};

/** Lets a child end once its parent is gone, where the parent is told to end by itself. */
export const leaveWithParent = (setup: Setup): void => {
  const alone = delayOf(setup, 'die-after') ?? delayOf(setup, 'exit-zero-after');
  if (alone !== null) process.on('disconnect', () => finish(0));
};

/** Runs a daemon that is deaf to SIGTERM. */
export const beDaemon = (setup: Setup): void => {
  process.title = setup.forked ? 'VLLM::Forked' : 'VLLM::Daemon';
  report({ kind: 'ready' });
  say(process.title.replace('VLLM::', ''), 'left behind, as it was told');
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  setTimeout(() => finish(0), DAEMON_LIFE_MS);
};

/** Starts a daemon in a session of its own and ends, so that the daemon's parent is gone. */
export const beForker = (setup: Setup): void => {
  spawnKin('daemon', { ...setup, forked: true }, 'ignore', true).on('message', () => finish(0));
};

const flood = (): void => {
  process.stdout.write(FLOOD_LINE, (error) => {
    if (!error) setImmediate(flood);
  });
};
