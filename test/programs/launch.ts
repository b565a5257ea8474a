// Starts the command after `relay` or `inherit` the way the launcher does: logger first, then the child, then a line of the log.
import { constants } from 'node:os';

import { drainOutput, flushOutput } from '#edge/output/drain.ts';
import { openLogger } from '#edge/output/logger.ts';
import { relay } from '#edge/output/relay.ts';
import { openTail } from '#edge/output/tail.ts';
import { spawnChild } from '#edge/processes/spawn.ts';

const [output = '', ...argv] = process.argv.slice(2);
const logger = openLogger({ format: 'json', level: 'info', base: {} });

async function main(): Promise<void> {
  const options = {
    output: output === 'relay' ? ('relay' as const) : ('inherit' as const),
    terminal: false,
    cwd: null,
  };
  const spec = { name: 'engine' as const, argv, env: { set: {}, unset: [] }, after: [] };
  const child = await spawnChild(spec, process.env, options);
  if (child.kind !== 'child') throw new Error(child.reason);
  const tail = openTail();
  const onReaderGone = (reason: string) => logger.say('warn', `reader gone: ${reason}`);
  const relays = [
    ...(child.stdout === null ? [] : [relay(child.stdout, 'stdout', tail, { onReaderGone })]),
    ...(child.stderr === null ? [] : [relay(child.stderr, 'stderr', tail)]),
  ];
  child.onExit((code, signal) => void end(code ?? 128 + constants.signals[signal as NodeJS.Signals]));
  logger.say('info', 'spawned', { pid: child.pid });
  async function end(code: number): Promise<void> {
    const drained = await drainOutput(relays);
    logger.say('info', 'ended', { code, drained, last: tail.lines(1)[0] ?? null });
    await flushOutput();
    process.exitCode = code;
  }
}

void main();
