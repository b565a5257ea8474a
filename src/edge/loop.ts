// The one loop: events in, state forward, effects out. Nothing else changes the state.
import type { Effect } from '#core/supervision/effect.ts';
import type { Event } from '#core/supervision/event.ts';
import type { State } from '#core/supervision/state.ts';
import { step, wakeAtMs } from '#core/supervision/step.ts';

import { nowMs } from './clock.ts';
import type { Journal } from './journal.ts';

type WithoutTime<E> = E extends Event ? Omit<E, 'atMs'> : never;
/** An event as a room of the edge sends it; the loop gives it its time. */
export type Occurrence = WithoutTime<Event>;

export type Loop = {
  readonly push: (event: Occurrence) => void;
  readonly state: () => State;
  /** Ends it wherever it stands: no event is heard and no time passes any more. */
  readonly close: () => void;
};

// setTimeout takes 31 bits; a longer wait is woken and set again.
const longestWaitMs = 60_000;

/** Returns a running loop; `perform` is called for each effect in order, and must not throw. */
export function openLoop(initial: State, perform: (effect: Effect, state: State) => void, journal: Journal): Loop {
  let state = initial;
  let running = false;
  let closed = false;
  let timer: NodeJS.Timeout | null = null;
  const queue: Event[] = [];

  const drain = () => {
    running = true;
    try {
      for (let event = queue.shift(); event !== undefined && !closed; event = queue.shift()) {
        const next = step(state, event);
        journal.note(state, event);
        state = next.state;
        for (const effect of next.effects) perform(effect, state);
      }
    } finally {
      // A step that throws is our bug: it is told as launcherBroke, and that event must find a loop that runs.
      running = false;
      setAlarm();
    }
  };
  const push = (occurrence: Occurrence) => {
    if (closed) return;
    queue.push({ ...occurrence, atMs: nowMs() } as Event);
    if (!running) drain();
  };
  const setAlarm = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const dueMs = closed ? Infinity : wakeAtMs(state);
    if (dueMs === Infinity) return;
    const waitMs = Math.min(longestWaitMs, Math.max(1, Math.ceil(dueMs - nowMs())));
    const plannedMs = nowMs() + waitMs;
    timer = setTimeout(() => push({ kind: 'timePassed', lateMs: Math.max(0, nowMs() - plannedMs) }), waitMs);
  };
  const close = () => {
    closed = true;
    setAlarm();
  };
  return { push, state: () => state, close };
}
