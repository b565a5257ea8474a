// The engine's top process as it comes to life, whatever the phase is by then.
import type { EventOf } from './event.ts';
import { openLedger } from './ledger.ts';
import type { Base, Engine } from './state.ts';

const titleLength = 256;

/** Returns the engine before its spawn was answered. */
export const awaitSpawn = (nowMs: number): Engine => ({
  process: null,
  spawnedMs: nowMs,
  end: null,
  ledger: [],
  scanning: false,
  nextQuickMs: 0,
  nextWholeMs: 0,
});

/** Returns the engine with its top process, named by its command until the first look. */
export function withProcess({ plan }: Base, engine: Engine, event: EventOf<'childSpawned'>): Engine {
  const { pid, startTicks } = event;
  const argv = plan.document.processes.find((entry) => entry.name === 'engine')?.argv ?? [];
  const title = argv.join(' ').slice(0, titleLength);
  return { ...engine, process: { pid, startTicks }, ledger: openLedger(pid, startTicks, title) };
}
