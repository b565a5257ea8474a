// A group of N nodes on this machine: one launcher per node with ports of its own, their output prefixed with the rank.
import { randomUUID } from 'node:crypto';

import { exitCode } from '#core/errors.ts';
import { localWords } from '#core/plan/local-words.ts';
import { drainOutput, flushOutput } from '#edge/output/drain.ts';
import { openPlainLogger } from '#edge/output/plain-logger.ts';
import { openPrefix } from '#edge/output/prefix.ts';
import { relay } from '#edge/output/relay.ts';
import type { Relay } from '#edge/output/relay.ts';
import { openTail } from '#edge/output/tail.ts';
import { signalProcess } from '#edge/processes/signal.ts';
import type { Child } from '#edge/processes/spawn.ts';
import { spawnChild } from '#edge/processes/spawn.ts';

import type { Context, Story } from './context.ts';
import { listenToSignals } from './signals.ts';

// When one launcher has left, the others leave for the same cause; one that does not is told to.
const othersMs = 15_000;

// What ends this command ends the group; the launchers have sessions of their own, so no terminal tells them.
const stops: { readonly [S in NodeJS.Signals]?: NodeJS.Signals } = {
  SIGTERM: 'SIGTERM',
  SIGINT: 'SIGINT',
  SIGHUP: 'SIGTERM',
  SIGQUIT: 'SIGTERM',
};

/** Runs the group and resolves to its exit status: that of the first launcher that left with a failure, else 0. */
export const local: Story<'local'> = async (command, context) => {
  const logger = openPlainLogger(command.options['log-level']);
  const group = `local-${randomUUID()}`;
  const nodes = command.options.nodes;
  const children: Child[] = [];
  const relays: Relay[] = [];
  for (let rank = 0; rank < nodes; rank += 1) {
    const argv = [...context.program, ...localWords(command, rank, group)];
    const child = await start(argv, context);
    if (child.kind === 'child') {
      children.push(child);
      relays.push(...relayed(child, rank));
      continue;
    }
    logger.say('error', `cannot start the launcher of rank ${rank}: ${child.reason}`);
    for (const started of children) signalProcess(started, 'SIGTERM');
    return exitCode('os');
  }
  listenToSignals(context.signals, ({ name }) => {
    const asked = stops[name];
    if (asked !== undefined) for (const child of children) signalProcess(child, asked);
  });
  const code = await allEnded(children);
  await drainOutput(relays);
  await flushOutput();
  return code;
};

const start = (argv: readonly string[], { env }: Context) =>
  spawnChild({ name: 'engine', argv: [...argv], env: { set: {}, unset: [] }, after: [] }, env, {
    output: 'relay',
    terminal: false,
    cwd: null,
  });

function relayed({ stdout, stderr }: Child, rank: number): Relay[] {
  const tail = openTail();
  const streams = [
    { from: stdout, to: 'stdout' as const },
    { from: stderr, to: 'stderr' as const },
  ];
  return streams.flatMap(({ from, to }) =>
    from === null ? [] : [relay(from, to, tail, { prefix: openPrefix(`[${rank}] `) })],
  );
}

async function allEnded(children: readonly Child[]): Promise<number> {
  const codes: number[] = [];
  let timer: NodeJS.Timeout | null = null;
  const ended = children.map(async (child) => {
    codes.push(await codeOf(child));
    timer ??= setTimeout(() => {
      for (const other of children) signalProcess(other, 'SIGTERM');
    }, othersMs);
  });
  await Promise.all(ended);
  if (timer !== null) clearTimeout(timer);
  return codes.find((code) => code !== 0) ?? 0;
}

const codeOf = (child: Child): Promise<number> =>
  new Promise((resolve) => {
    child.onExit((code, signal) => resolve(signal === null ? (code ?? 0) : exitCode('stop-forced')));
  });
