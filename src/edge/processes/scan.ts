import type { ProcessId } from '#core/supervision/effect.ts';
import type { ProcessSeen } from '#core/supervision/event.ts';

import { lookKnown, lookWhole } from './look.ts';
import { readTitle, type Stat } from './proc.ts';
import { surroundings } from './surroundings.ts';

// Looks as the machine asks for them. Titles are read on whole looks only: they change seldom, and a quick look shall cost next to nothing.

const titles = new Map<number, { readonly startTicks: number; readonly title: string }>();

/**
 * Returns which of the known processes live and, if `whole`, also their descendants, the members of their sessions and the orphans our
 * reaper adopted; never ourselves, nor `exclude` (pids of our own probes). Throws where /proc cannot be listed.
 */
export async function scanProcesses(
  known: readonly ProcessId[],
  whole: boolean,
  exclude: ReadonlySet<number> = new Set(),
): Promise<readonly ProcessSeen[]> {
  if (!surroundings().proc) return known.filter(({ pid }) => answers(pid)).map((id) => seenBlind(id));
  if (!whole) return (await lookKnown(known)).map((stat) => toSeen(stat, lastTitle(stat) ?? newTitle(stat)));
  const alive = await lookWhole(known, exclude, false);
  const seen = alive.map((stat) => toSeen(stat, newTitle(stat)));
  const living = new Set(alive.map((stat) => stat.pid));
  for (const pid of titles.keys()) if (!living.has(pid)) titles.delete(pid);
  return seen;
}

/** Returns what the machine wants to know of a process. */
export const toSeen = ({ pid, startTicks, ppid }: Stat, title: string): ProcessSeen => ({
  pid,
  startTicks,
  ppid,
  title,
});

function lastTitle({ pid, startTicks }: Stat): string | null {
  const last = titles.get(pid);
  return last?.startTicks === startTicks ? last.title : null;
}

function newTitle(stat: Stat): string {
  const title = readTitle(stat);
  titles.set(stat.pid, { startTicks: stat.startTicks, title });
  return title;
}

// Without /proc (macOS) all that can be asked is whether a pid answers; start times are then 0.
const seenBlind = ({ pid, startTicks }: ProcessId): ProcessSeen => ({ pid, startTicks, ppid: 0, title: `pid ${pid}` });

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
