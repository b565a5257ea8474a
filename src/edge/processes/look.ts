import { setImmediate } from 'node:timers/promises';

import type { ProcessId } from '#core/supervision/effect.ts';
import { nowMs } from '#edge/clock.ts';

import { whose, type Family, type Verdict } from './ancestry.ts';
import { isAlive, listPids, readStat, type Stat } from './proc.ts';
import { ourSessions, settleSessions, sharesOurSession } from './sessions.ts';
import { surroundings } from './surroundings.ts';

// One look at /proc. Strangers are remembered, so that a look costs a listing and one read for each process that is ours or new.
//
// Not found where nobody adopts orphans for us (we are not PID 1, and no tini or the like is in front): a daemon that left its session and
// whose parent died between two looks. On such a system it hangs below the machine's init like any stranger's.

const sliceMs = 5;
const strangerForMs = 15_000;
const strangerLimit = 20_000;

type Stranger = { readonly startTicks: number; readonly untilMs: number };
const strangers = new Map<number, Stranger>();

/** Returns those of the known processes that live: same start time, no zombie. */
export async function lookKnown(known: readonly ProcessId[]): Promise<readonly Stat[]> {
  const breathe = slices();
  const alive: Stat[] = [];
  for (const { pid, startTicks } of known) {
    const stat = readStat(pid);
    if (stat !== null && stat.startTicks === startTicks && isAlive(stat)) alive.push(stat);
    if (breathe.due()) await breathe.now();
  }
  return alive;
}

/**
 * Returns every living process that is ours: the known ones and all that ancestry ties to them. `fresh` reads those remembered as strangers
 * again, for looks before a signal.
 */
export async function lookWhole(
  known: readonly ProcessId[],
  exclude: ReadonlySet<number>,
  fresh: boolean,
): Promise<readonly Stat[]> {
  const place = surroundings();
  const living = await lookKnown(known);
  const sessions = ourSessions(living);
  const family: Family = {
    place,
    known: new Map(living.map((stat) => [stat.pid, stat.startTicks])),
    sessions,
    sharesSession: sharesOurSession(),
    exclude,
    isStranger: (stat) => strangers.get(stat.pid)?.startTicks === stat.startTicks,
  };
  const alive = await sortOut(family, new Map(living.map((stat) => [stat.pid, stat])), fresh);
  settleSessions(sessions, alive);
  // Orphans that were found by a reaper which ended meanwhile may be anybody's.
  return surroundings().reaper === place.reaper ? alive : living;
}

async function sortOut(family: Family, living: ReadonlyMap<number, Stat>, fresh: boolean): Promise<readonly Stat[]> {
  const breathe = slices();
  const settled = new Map<string, Verdict>();
  const alive: Stat[] = [];
  for (const pid of listPids()) {
    if (!fresh && (strangers.get(pid)?.untilMs ?? 0) > nowMs()) continue;
    const stat = living.get(pid) ?? readStat(pid);
    if (stat === null) continue;
    const verdict = whose(family, stat, readStat, settled);
    if (verdict === 'ours' && isAlive(stat)) alive.push(stat);
    if (verdict === 'stranger') remember(stat);
    if (breathe.due()) await breathe.now();
  }
  return alive;
}

// Spread, so that they are not all read again in the same look.
function remember({ pid, startTicks }: Stat): void {
  if (strangers.size >= strangerLimit) strangers.clear();
  strangers.set(pid, { startTicks, untilMs: nowMs() + strangerForMs + (pid % 16) * 1_000 });
}

// A large /proc is read in slices, so that heartbeats and signals are never late because of it.
function slices() {
  let startedMs = nowMs();
  return {
    due: () => nowMs() - startedMs > sliceMs,
    now: async () => {
      await setImmediate();
      startedMs = nowMs();
    },
  };
}
