import type { Stat } from './proc.ts';
import type { Surroundings } from './surroundings.ts';

// Which processes are ours, as a pure question about stats. Ours are: the known ones, members of a session one of ours leads, orphans our
// reaper adopted, and whoever descends from one of these. Nothing else is ever ours, whatever its name or environment says.

export type Family = {
  readonly place: Surroundings;
  /** pid -> start time of what the ledger knows. */
  readonly known: ReadonlyMap<number, number>;
  /** Sessions that only children of ours can be in. */
  readonly sessions: ReadonlySet<number>;
  /** Whether a child shares our own session, as on a terminal. */
  readonly sharesSession: boolean;
  /** Pids of our probes: never ours to signal, nor what they start. */
  readonly exclude: ReadonlySet<number>;
  /** Whether an earlier look proved that a process is none of ours: what was a stranger never becomes ours. */
  readonly isStranger: (stat: Stat) => boolean;
};

/** 'unsettled' is one whose parents could not all be read: not ours now, and not to be remembered as a stranger either. */
export type Verdict = 'ours' | 'stranger' | 'unsettled';

/**
 * Returns whose a process is. `look` gives the stat of a pid as it is now: an older one could be that of an earlier process, and make its
 * child ours. `settled` holds the verdicts of this look and gets the new ones.
 */
export function whose(
  family: Family,
  stat: Stat,
  look: (pid: number) => Stat | null,
  settled: Map<string, Verdict>,
): Verdict {
  const path: string[] = [];
  let verdict: Verdict | null = null;
  for (let at = stat; verdict === null;) {
    const key = `${at.pid}:${at.startTicks}`;
    verdict = path.includes(key) ? 'unsettled' : (settled.get(key) ?? rule(family, at));
    path.push(key);
    if (verdict !== null) break;
    const parent = look(at.ppid);
    // A parent younger than its child is a later process with the same pid.
    if (parent === null || parent.startTicks > at.startTicks) verdict = 'unsettled';
    else at = parent;
  }
  for (const key of path) settled.set(key, verdict);
  return verdict;
}

// What is certain without asking for the parent, or null.
function rule({ place, known, sessions, sharesSession, exclude, isStranger }: Family, stat: Stat): Verdict | null {
  if (stat.pid === place.self || stat.pid === place.reaper || stat.ppid === 0) return 'stranger';
  if (known.get(stat.pid) === stat.startTicks) return 'ours';
  if (isStranger(stat)) return 'stranger';
  if (exclude.has(stat.pid)) return 'unsettled';
  if (sessions.has(stat.session)) return 'ours';
  if (stat.ppid === place.reaper) {
    // A child in a session of its own cannot have left anything in ours: that is a probe, or older than us.
    const ours = stat.startTicks >= place.startTicks && (sharesSession || stat.session !== place.session);
    return ours ? 'ours' : 'unsettled';
  }
  // A child of ours that nobody knows yet was only just started.
  if (stat.ppid === place.self) return 'unsettled';
  return stat.pid === 1 ? 'stranger' : null;
}
