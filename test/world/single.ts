// What one fault must come to, by when it happens.
import { causeOf } from './check.ts';
import type { Run } from './explore.ts';
import { explore } from './explore.ts';
import type { Fault } from './faults.ts';
import type { Setup } from './world.ts';

/** `assembling` and `gathered` are with Ray alone: its head was just asked for, its nodes are about to be in. */
export type When = 'early' | 'at the gate' | 'assembling' | 'gathered' | 'started' | 'starting' | 'ready';

/** What was wrong with a group in which one thing happened, a sentence each. */
export function wrongs(setup: Setup, fault: Fault, when: When, atMs: number): string[] {
  const run = explore(setup, [{ fault, atMs }]);
  const all = [...run.wrong, ...wrongCause(run, fault, when), ...wrongTimes(run, setup, fault, when, atMs)];
  return all.map((line) => `${fault.name} (${when}): ${line}`);
}

function wrongCause(run: Run, fault: Fault, when: When): string[] {
  const settled = when === 'gathered' || when === 'starting' || when === 'ready';
  const runs = settled || (when === 'started' && fault.needs === undefined);
  // What lasts may outlast the handshake, and then ends it.
  if (fault.cause === undefined || !runs || (fault.lastsMs !== undefined && when !== 'ready')) return [];
  const told = run.world.launchers.filter(
    (launcher) => launcher.state.base.epoch !== null && !fault.apart?.includes(launcher.rank),
  );
  const causes = new Set(told.map((launcher) => (launcher.life === 'left' ? causeOf(launcher) : 'none')));
  const expected = run.world.missed() ? 'none' : fault.cause;
  return [...causes].filter((cause) => cause !== expected).map((cause) => `${cause} in place of ${expected}`);
}

function wrongTimes({ world, check }: Run, setup: Setup, fault: Fault, when: When, atMs: number): string[] {
  if (when !== 'ready') return [];
  const times = world.launchers.map(({ incarnation, life }) =>
    life === 'dead' ? undefined : check.termMs.get(incarnation),
  );
  const late = times.filter((termMs) => termMs !== undefined && termMs - atMs > (fault.withinMs ?? Infinity));
  const slow =
    setup.delayMs <= 5 && late.length > 0 ? [`noticed after ${Math.max(...late.map(Number)) - atMs} ms`] : [];
  const first = Math.min(...times.slice(1).map((termMs) => termMs ?? Infinity));
  const early = fault.cause === 'asked' && fault.asks?.length !== 2 && (times[0] ?? 0) > first;
  return [...slow, ...(early ? ['a worker was stopped before the leader had its turn'] : [])];
}
