import type { ProcessId } from '#core/supervision/effect.ts';

import { readStat, type Stat } from './proc.ts';

// The sessions our children lead. The number of a session is not given away while the session has members, so it stays ours from its leader's
// start until it is empty. A stranger could only get it if all pids wrapped between two looks.

const ours = new Map<number, number>();
let shared = false;

/** Notes a child: it leads a session of its own, or (on a terminal) it shares ours. */
export function noteChild(child: ProcessId, session: 'own' | 'shared'): void {
  if (session === 'own') ours.set(child.pid, child.startTicks);
  else shared = true;
}

/** Tells whether a child was started in our own session, so that its orphans can be there too. */
export const sharesOurSession = (): boolean => shared;

/** Returns the sessions that are ours now, those that living children of ours lead included. */
export function ourSessions(living: readonly Stat[]): ReadonlySet<number> {
  for (const { pid, session, startTicks } of living) if (pid === session) ours.set(pid, startTicks);
  for (const [pid, startTicks] of ours) {
    const holder = readStat(pid);
    if (holder !== null && holder.startTicks !== startTicks) ours.delete(pid);
  }
  return new Set(ours.keys());
}

/** Forgets those of `sessions` in which a whole look found nobody, unless the kernel knows better: who forks and ends all the time is missed. */
export function forgetEmptySessions(sessions: ReadonlySet<number>, alive: readonly Stat[]): void {
  const inhabited = new Set(alive.map((stat) => stat.session));
  for (const session of sessions) if (!inhabited.has(session) && !signalGroup(session, 0)) ours.delete(session);
}

/**
 * Kills the process groups that lead our sessions, all members in one call, so that none can fork and end in between. A group lies within one
 * session (setpgid(2)), so all its members are ours.
 */
export function killSessions(): void {
  for (const session of ourSessions([])) signalGroup(session, 'SIGKILL');
}

// False where the group has no member that may be signalled.
function signalGroup(group: number, signal: 0 | 'SIGKILL'): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
