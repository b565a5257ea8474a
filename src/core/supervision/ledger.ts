// Every process that ancestry once proved to be ours: pid, start time, title. Only what stands here is ever signalled.
import type { ProcessId } from './effect.ts';
import type { ProcessSeen } from './event.ts';

export type LedgerEntry = ProcessSeen & { readonly top: boolean };
export type Ledger = readonly LedgerEntry[];

// A tree that forks without end must not fill our memory; the sweep finds by ancestry what the ledger dropped.
const limit = 20_000;

/** Returns a ledger with the process that was started. */
export const openLedger = (pid: number, startTicks: number, title: string): Ledger => [
  { pid, startTicks, ppid: 0, title, top: true },
];

/** Returns the ledger after a look: the living ones, with the titles they have now. */
export function updateLedger(ledger: Ledger, alive: readonly ProcessSeen[]): Ledger {
  const tops = new Set(ledger.filter((entry) => entry.top).map(key));
  return alive.slice(0, limit).map((seen) => ({ ...seen, top: tops.has(key(seen)) }));
}

/** Returns the entries that were there before and are gone now. */
export function vanished(ledger: Ledger, alive: readonly ProcessSeen[]): readonly LedgerEntry[] {
  const living = new Set(alive.map(key));
  return ledger.filter((entry) => !living.has(key(entry)));
}

/** Returns what an effect needs to name the processes. */
export const idsOf = (ledger: Ledger): readonly ProcessId[] =>
  ledger.map(({ pid, startTicks }) => ({ pid, startTicks }));

const key = (entry: ProcessId): string => `${entry.pid}:${entry.startTicks}`;
