import { setImmediate } from 'node:timers/promises';

import type { ProcessId } from '#core/supervision/effect.ts';
import type { Survivor } from '#core/supervision/event.ts';
import { isResourceTracker } from '#upstream/python/titles.ts';

import { lookKnown, lookWhole } from './look.ts';
import { readTitle, type Stat } from './proc.ts';
import { scanProcesses, toSeen } from './scan.ts';
import { killSessions } from './sessions.ts';
import { signalProcess } from './signal.ts';
import { ageMs, surroundings } from './surroundings.ts';
import { killTree } from './tree-kill.ts';

// One sweep over everything that is ours. A tree that forks while it is killed needs several looks in one sweep; one that hides between
// two looks needs several sweeps: only the caller can tell when enough of them came back empty.

export type Sweep = {
  readonly survivors: readonly Survivor[];
  /** Why a signal could not be sent, a sentence for each. */
  readonly refused: readonly string[];
};

export type SweepOptions = {
  /** Pids of our own probes. */
  readonly exclude?: ReadonlySet<number>;
  /** Leaves Python's resource trackers alone. */
  readonly spareTrackers?: boolean;
};

const killRounds = 5;

/** Sends the signal to the whole tree of the known processes (null only looks); returns who still lives afterwards, no zombies. */
export async function sweepTree(
  known: readonly ProcessId[],
  signal: 'SIGTERM' | 'SIGKILL' | null,
  { exclude = new Set(), spareTrackers = false }: SweepOptions = {},
): Promise<Sweep> {
  if (!surroundings().proc) return sweepBlind(known, signal);
  const refused = new Set<string>();
  const told = new Set<string>();
  let living = await lookWhole(known, exclude, true);
  for (let round = 0; signal !== null && round < (signal === 'SIGKILL' ? killRounds : 1); round += 1) {
    const spared = spareTrackers ? living.filter((stat) => isResourceTracker(readTitle(stat))) : [];
    const fresh = living.filter((stat) => !told.has(keyOf(stat)) && !spared.includes(stat));
    if (fresh.length === 0 && round > 0) break;
    for (const stat of fresh) {
      told.add(keyOf(stat));
      const answer = signalProcess(stat, signal);
      if (answer.kind === 'refused') refused.add(answer.reason);
    }
    if (signal === 'SIGKILL' && spared.length === 0) killSessions();
    await setImmediate();
    living = signal === 'SIGKILL' ? await lookWhole(living, exclude, true) : await lookKnown(living);
  }
  return { survivors: living.map(toSurvivor), refused: [...refused] };
}

const keyOf = ({ pid, startTicks }: ProcessId): string => `${pid}:${startTicks}`;

const toSurvivor = (stat: Stat): Survivor => ({ ...toSeen(stat, readTitle(stat)), ageMs: ageMs(stat.startTicks) });

async function sweepBlind(known: readonly ProcessId[], signal: 'SIGTERM' | 'SIGKILL' | null): Promise<Sweep> {
  const refused: string[] = [];
  for (const { pid } of signal === null ? [] : known) {
    const reason = await killTree(pid, signal as 'SIGTERM' | 'SIGKILL');
    if (reason !== null) refused.push(reason);
  }
  const alive = await scanProcesses(known, false);
  return { survivors: alive.map((seen) => ({ ...seen, ageMs: 0 })), refused };
}
