// Every process that ancestry once proved to be ours: pid, start time, title. Only what stands here is ever signalled.
import type { ProcessId } from './effect.ts';
import type { ProcessSeen } from './event.ts';

export type LedgerEntry = ProcessSeen & { readonly top: boolean };
export type Ledger = readonly LedgerEntry[];

// A tree that forks without end must not fill our memory; the sweep finds by ancestry what the ledger dropped.
const limit = 20_000;

export const openLedger: Ledger = [];

/** Returns the ledger with one more process that was started. */
export const addTop = (ledger: Ledger, pid: number, startTicks: number, title: string): Ledger => [
  ...ledger,
  { pid, startTicks, ppid: 0, title, top: true },
];

/** Returns the ledger after a look: the living ones, with the titles they have now. */
export function updateLedger(ledger: Ledger, alive: readonly ProcessSeen[]): Ledger {
  const tops = new Set(ledger.filter((entry) => entry.top).map(keyOf));
  return alive.slice(0, limit).map((seen) => {
    const { pid, startTicks, ppid, title } = seen;
    return { pid, startTicks, ppid, title, top: tops.has(keyOf(seen)) };
  });
}

/** Returns the entries that were there before and are gone now. */
export function vanished(ledger: Ledger, alive: readonly ProcessSeen[]): readonly LedgerEntry[] {
  const living = new Set(alive.map(keyOf));
  return ledger.filter((entry) => !living.has(keyOf(entry)));
}

/** Returns what an effect needs to name the processes. */
export const idsOf = (ledger: Ledger): readonly ProcessId[] =>
  ledger.map(({ pid, startTicks }) => ({ pid, startTicks }));

/** Returns what tells a process from a later one with the same pid. */
export const keyOf = ({ pid, startTicks }: ProcessId): string => `${pid}:${startTicks}`;
