// The last events, kept in memory so that a bad night can be replayed. Bounded: two halves, the older one is dropped.
import { renderJournal } from '#core/report/journal.ts';
import type { Event } from '#core/supervision/event.ts';
import type { State } from '#core/supervision/state.ts';

type Half = { readonly from: State; readonly events: Event[] };

export type Journal = { readonly note: (before: State, event: Event) => void; readonly text: () => string };

const halfLength = 2_000;

/** Returns a journal of the last 2,000 to 4,000 events with the state they began from; secrets of `env` are masked. */
export function openJournal(env: Readonly<Record<string, string>>): Journal {
  let older: Half | null = null;
  let newer: Half | null = null;
  const note = (before: State, event: Event) => {
    if (newer === null || newer.events.length >= halfLength) {
      older = newer;
      newer = { from: before, events: [] };
    }
    newer.events.push(event);
  };
  return { note, text: () => render(older, newer, env) };
}

/** Returns a journal that keeps nothing. */
export const noJournal: Journal = { note: () => undefined, text: () => '' };

function render(older: Half | null, newer: Half | null, env: Readonly<Record<string, string>>): string {
  const first = older ?? newer;
  return first === null ? '' : renderJournal(first.from, [...(older?.events ?? []), ...(newer?.events ?? [])], env);
}
