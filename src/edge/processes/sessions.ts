import type { ProcessId } from '#core/supervision/effect.ts';
import { nowMs } from '#edge/clock.ts';

import { readStat, type Stat } from './proc.ts';

// The sessions our children lead. The number of a session is not given away while the session has members, so it stays ours from its leader's
// start until it is empty; with the leader gone only looks in short order can tell that it never was.

type Session = { readonly startTicks: number; readonly seenMs: number };

// All pids cannot come round in this time, not even with a process that does nothing but fork (0.1 ms each, 32768 pids).
const trustMs = 3_000;

const ours = new Map<number, Session>();
let shared = false;

/** Notes a child: it leads a session of its own, or (on a terminal) it shares ours. */
export function noteChild({ pid, startTicks }: ProcessId, session: 'own' | 'shared'): void {
  if (session === 'own') ours.set(pid, { startTicks, seenMs: nowMs() });
  else shared = true;
}

/** Tells whether a child was started in our own session, so that its orphans can be there too. */
export const sharesOurSession = (): boolean => shared;

/** Returns the sessions that are ours now, those that living children of ours lead included. */
export function ourSessions(living: readonly Stat[]): ReadonlySet<number> {
  for (const { pid, session, startTicks } of living) if (pid === session) noteChild({ pid, startTicks }, 'own');
  const inhabited = new Set(living.map((stat) => stat.session));
  for (const [leader, { startTicks, seenMs }] of ours) {
    const holder = readStat(leader);
    const isOurs =
      holder === null ? inhabited.has(leader) || nowMs() - seenMs < trustMs : holder.startTicks === startTicks;
    if (!isOurs) ours.delete(leader);
  }
  return new Set(ours.keys());
}

/**
 * Forgets those of `sessions` in which a whole look found nobody alive, unless the kernel knows of somebody: who forks and ends all the time
 * is easily missed.
 */
export function settleSessions(sessions: ReadonlySet<number>, alive: readonly Stat[]): void {
  const inhabited = new Set(alive.map((stat) => stat.session));
  for (const leader of sessions) {
    const session = ours.get(leader);
    if (session === undefined) continue;
    if (inhabited.has(leader) || signalGroup(leader, 0)) ours.set(leader, { ...session, seenMs: nowMs() });
    else ours.delete(leader);
  }
}

/**
 * Kills the process groups that lead our sessions, all members in one call, so that none can fork and end in between. A group lies within one
 * session (setpgid(2)), so all its members are ours.
 */
export function killSessions(): void {
  for (const session of ourSessions([])) signalGroup(session, 'SIGKILL');
}

// False where the group has no member.
function signalGroup(group: number, signal: 0 | 'SIGKILL'): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
