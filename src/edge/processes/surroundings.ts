import { nowMs } from '#edge/clock.ts';

import { hasProc, readStat, tickMs } from './proc.ts';

// What is true of this launcher's place among the processes, read once.

/** Our place: orphans of our children end up below `reaper`, or out of sight where that is null. */
export type Surroundings = {
  readonly proc: boolean;
  readonly self: number;
  readonly session: number;
  readonly startTicks: number;
  readonly reaper: number | null;
};

// Their one child is us, so whatever else hangs below them is an orphan of ours (pid1.md section 12, rule 5).
const reapers: ReadonlySet<string> = new Set(['tini', 'tini-static', 'docker-init', 'catatonit', 'dumb-init']);

let known: Surroundings | null = null;

/** Returns our place among the processes. */
export function surroundings(): Surroundings {
  known ??= lookAround();
  // When the reaper has ended, its pid may be anybody's.
  if (known.reaper !== null && known.reaper !== known.self && known.reaper !== process.ppid) {
    known = { ...known, reaper: null };
  }
  return known;
}

/** Returns the age of a process in ms, measured from our own start so that no boot time is needed (containers fake it). */
export const ageMs = (startTicks: number): number =>
  Math.max(0, Math.round(nowMs() + (surroundings().startTicks - startTicks) * tickMs));

function lookAround(): Surroundings {
  const proc = hasProc();
  const stat = proc ? readStat('self') : null;
  const self = process.pid;
  return {
    proc,
    self,
    session: stat?.session ?? 0,
    startTicks: stat?.startTicks ?? 0,
    reaper: proc ? findReaper(self) : null,
  };
}

function findReaper(self: number): number | null {
  if (self === 1) return self;
  const parent = readStat(process.ppid);
  return parent !== null && reapers.has(parent.comm) ? parent.pid : null;
}
