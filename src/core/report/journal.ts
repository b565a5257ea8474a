// The journal's text: one line with the state it begins from, then one line an event. Replayed, it goes through the same phases as the
// launcher that wrote it; secrets are masked, for no step reads them. JSON knows no Infinity, so such numbers are written by name.
import type { FingerprintField } from '#core/plan/plan.ts';
import { mask, maskValues, namesSecret } from '#core/secret.ts';
import type { Event } from '#core/supervision/event.ts';
import type { State } from '#core/supervision/state.ts';

import { maskPlan } from './mask-plan.ts';

type Env = Readonly<Record<string, string>>;

export type JournalRead =
  | { readonly ok: true; readonly state: State; readonly events: readonly Event[] }
  | { readonly ok: false; readonly reason: string };

const version = 1;

/** Returns the text of a journal; `env` is the environment whose secret values must not stand in it. */
export function renderJournal(from: State, events: readonly Event[], env: Env): string {
  const secrets = Object.fromEntries(Object.entries(env).filter(([name]) => namesSecret(name)));
  const line = (value: unknown) =>
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'string' ? maskValues(item, secrets) : typeof item === 'number' ? numberOut(item) : item,
    );
  const lines = [
    line({ journal: version, state: maskState(from, env) }),
    ...events.map((event) => line(maskEvent(event))),
  ];
  return `${lines.join('\n')}\n`;
}

/** Returns the state and the events of a journal's text, or why it is none. */
export function readJournal(text: string): JournalRead {
  try {
    const [head, ...events] = text.trimEnd().split('\n').map(readLine);
    const { journal, state } = head as { journal?: unknown; state?: State };
    if (journal !== version || state === undefined)
      return { ok: false, reason: `it is no journal of version ${version}` };
    return { ok: true, state, events: events as Event[] };
  } catch (error) {
    return { ok: false, reason: String(error) };
  }
}

const readLine = (line: string): unknown => JSON.parse(line, (_, item: unknown) => numberIn(item));

const numberOut = (item: number): unknown => (Number.isFinite(item) ? item : { number: String(item) });

function numberIn(item: unknown): unknown {
  if (typeof item !== 'object' || item === null || Object.keys(item).join() !== 'number') return item;
  const { number } = item as { readonly number: unknown };
  return typeof number === 'string' ? Number(number) : item;
}

function maskState(state: State, env: Env): State {
  const { base } = state;
  const { self, plan } = base;
  const fingerprint = maskFields(plan.fingerprint);
  return {
    ...state,
    base: {
      ...base,
      self: { ...self, key: mask, fingerprint: maskFields(self.fingerprint) },
      plan: { ...plan, document: maskPlan(plan.document, env), fingerprint },
    },
  };
}

const maskFields = (fields: readonly FingerprintField[]): FingerprintField[] =>
  fields.map((field) => (field.shown ? field : { ...field, value: mask }));

// With the leader's key the digests of a hello could be guessed at.
function maskEvent(event: Event): Event {
  if (event.kind !== 'frameReceived' || event.frame.body.kind !== 'challenge') return event;
  return { ...event, frame: { ...event.frame, body: { ...event.frame.body, key: mask } } };
}
