// Looking at the processes: the known ones often, their descendants now and then.
import { isRayTitle } from '#upstream/ray/titles.ts';
import { isEngineTitle } from '#upstream/vllm/titles.ts';

import { livingOf } from './children.ts';
import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import { idsOf, keyOf, updateLedger, vanished } from './ledger.ts';
import type { Base, Engine } from './state.ts';
import { epochOf } from './state.ts';

// The engine's own processes are looked at at least every 100 ms: two of three looks may come late.
export const quickEveryMs = 80;
const wholeEveryMs = 1_000;
const wholeAtStartMs = 200;
const youngMs = 600_000;
// An agent that is started when its leader is ready is ready at once, but not whole.
const growsMs = 10_000;
// The edge always answers; an answer that never comes must not end the looking.
const answerWithinMs = 10_000;

/** Returns the engine with the look that is due, and the effect that looks. */
export function look(base: Base, engine: Engine): { readonly engine: Engine; readonly effects: readonly Effect[] } {
  const { nowMs } = base;
  if (nowMs < lookAtMs(engine)) return { engine, effects: [] };
  const whole = engine.scanning || nowMs >= engine.nextWholeMs;
  const everyMs = isQuiet(base, engine) ? wholeEveryMs : wholeAtStartMs;
  return {
    engine: {
      ...engine,
      scanning: true,
      nextQuickMs: nowMs + quickEveryMs,
      nextWholeMs: whole ? nowMs + everyMs : engine.nextWholeMs,
    },
    effects: [{ kind: 'scanProcesses', epoch: epochOf(base), whole, known: idsOf(engine.ledger) }],
  };
}

/** Returns when the next look is due, in ms of our clock. */
export function lookAtMs(engine: Engine): number {
  if (livingOf(engine).length === 0) return Infinity;
  if (engine.scanning) return engine.nextQuickMs + answerWithinMs;
  const titled = engine.ledger.some(isOwn);
  return titled ? Math.min(engine.nextQuickMs, engine.nextWholeMs) : engine.nextWholeMs;
}

/** One of the engine's own processes that is gone, and those of which one look cannot tell whether they went before it. */
export type Died = LedgerEntry & { readonly beside: readonly LedgerEntry[] };

/** Returns the engine after a look, and the engine's own process that died under it: the one whose parent did not. */
export function seen(
  engine: Engine,
  event: EventOf<'processesSeen'>,
): { readonly engine: Engine; readonly died: Died | null } {
  const lost = vanished(engine.ledger, event.alive);
  const alive = event.whole ? event.alive : refresh(engine, event);
  const after = (ledger: Ledger): Engine => ({ ...engine, scanning: false, ledger });
  const ledger = updateLedger(engine.ledger, alive);
  if (isUntimely(engine, lost)) return { engine: after([...ledger, ...lost]), died: null };
  // With a top process gone too, its own exit was the cause.
  const gone = lost.some((entry) => entry.top)
    ? []
    : lost.filter((entry) => isOwn(entry) && !isFork(entry, engine.ledger));
  const roots = gone.filter((entry) => !gone.some((other) => other.pid === entry.ppid));
  const [first, ...beside] = roots;
  const died = first === undefined ? null : { ...first, beside };
  return { engine: after(ledger), died };
}

// A look that misses a top process came before its spawn or before the news of its exit: nothing is judged or forgotten by it.
const isUntimely = (engine: Engine, lost: Ledger): boolean =>
  livingOf(engine).some(({ process }) => lost.some((entry) => keyOf(entry) === keyOf(process)));

// Without these the engine, or its node in Ray, cannot go on.
const isOwn = ({ title }: LedgerEntry): boolean => isEngineTitle(title) || isRayTitle(title);

// Between fork and exec, and until it has a title of its own, a child has its parent's: a process that asks a program something
// has such a one for a moment, and its end is nobody's death. None of the engine's own has a parent of its own kind.
const isFork = ({ ppid, title }: LedgerEntry, ledger: Ledger): boolean =>
  ledger.some((other) => other.pid === ppid && kindOf(other.title) === kindOf(title));

const kindOf = (title: string): string => /^(?:ray::|[^\s:]*::[A-Za-z]+)/.exec(title)?.[0] ?? title;

// A quick look names only processes that were asked for; nothing new can stand in it.
const refresh = (engine: Engine, event: EventOf<'processesSeen'>) => {
  const known = new Set(engine.ledger.map(keyOf));
  return event.alive.filter((entry) => known.has(keyOf(entry)));
};

const isQuiet = (base: Base, engine: Engine): boolean =>
  base.plan.exits === 'passthrough' ||
  base.nowMs - engine.spawnedMs > youngMs ||
  (!isGrowing(base, engine) && base.history.some((entry) => entry.phase === 'ready'));

const isGrowing = ({ plan, nowMs }: Base, { spawnedMs }: Engine): boolean =>
  plan.ray !== null && nowMs - spawnedMs <= growsMs;
