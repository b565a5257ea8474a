import type { ProcessId } from '#core/supervision/effect.ts';

import { readStat, type Stat } from './proc.ts';

// The sessions our children lead. The number of a session is not given to another process while it has members, so a session stays ours from
// its leader's start until a look finds it empty; the number can only be taken by a stranger if all pids wrap between two looks.

const ours = new Map<number, number>();

/** Notes that a child leads a session of its own. */
export const noteSession = (leader: ProcessId): void => {
  ours.set(leader.pid, leader.startTicks);
};

/** Returns the sessions that are ours now, those that living children of ours lead included. */
export function ourSessions(living: readonly Stat[]): ReadonlySet<number> {
  for (const { pid, session, startTicks } of living) if (pid === session) ours.set(pid, startTicks);
  for (const [pid, startTicks] of ours) {
    const holder = readStat(pid);
    if (holder !== null && holder.startTicks !== startTicks) ours.delete(pid);
  }
  return new Set(ours.keys());
}

/** Forgets the sessions that a whole look found empty. */
export function forgetEmptySessions(alive: readonly Stat[]): void {
  const inhabited = new Set(alive.map((stat) => stat.session));
  for (const session of ours.keys()) if (!inhabited.has(session)) ours.delete(session);
}
