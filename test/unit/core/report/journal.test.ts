// The journal's text: what JSON has no word for comes back, what is secret does not.
import { expect, test } from 'vitest';

import { openGroup } from '#core/group/group.ts';
import { makePlan } from '#core/plan/make-plan.ts';
import { readJournal, renderJournal } from '#core/report/journal.ts';
import { maskPlan } from '#core/report/mask-plan.ts';
import type { Event } from '#core/supervision/event.ts';
import { openState } from '#core/supervision/state.ts';
import type { State } from '#core/supervision/state.ts';

import { bareFacts, withOptions } from '../bare-facts.ts';

const env = { HF_TOKEN: 'hf_0123456789', VLLM_API_KEY: 'sk-9876543210' };
const plan = makePlan(bareFacts({ env }), withOptions(), ['vllm', 'serve', 'm', '--api-key', 'sk-in-the-words'], null);
const { fingerprint } = plan;
const self = {
  incarnation: 'i',
  rank: 0,
  size: 1,
  host: 'n1',
  group: null,
  generation: null,
  groupPort: 0,
  key: 'the-key-of-digests',
  fingerprint,
  fields: [],
};
const state = openState(self, plan, openGroup('leader'), 7);

const frame = {
  protocol: { min: 1, max: 1 },
  group: null,
  incarnation: 'l',
  epoch: null,
  seq: 1,
  body: { kind: 'challenge', key: 'the-key-of-the-leader', generation: null },
} as const;

const events: readonly Event[] = [
  { kind: 'launchRequested', atMs: 7 },
  { kind: 'tailRead', epoch: 1, lines: ['token is hf_0123456789'], atMs: 8 },
  {
    kind: 'frameReceived',
    link: 1,
    atMs: 9,
    frame,
  },
];

test('what is written is read, with numbers that JSON does not know', () => {
  const endless: State = { ...state, phase: 'settling', mode: 'asked', code: 0, untilMs: Infinity };
  const read = readJournal(renderJournal(endless, [{ kind: 'launchRequested', atMs: -Infinity }], {}));
  expect(read).toMatchObject({ ok: true, state: { phase: 'settling', untilMs: Infinity } });
  expect(read).toMatchObject({ events: [{ kind: 'launchRequested', atMs: -Infinity }] });
});

test('without secrets every event comes back as it was', () => {
  const read = readJournal(renderJournal(state, events.slice(0, 1), {}));
  expect(read).toMatchObject({ ok: true, events: events.slice(0, 1) });
});

test('all comes back but what is masked: keys, hidden fields and the secrets of the plan', () => {
  const shown = { field: 'a', value: 'seen', shown: true };
  const fields = [shown, { field: 'b', value: 'hidden', shown: false }];
  const masked = [shown, { field: 'b', value: '********', shown: false }];
  const from: State = {
    ...state,
    base: { ...state.base, self: { ...self, fingerprint: fields }, plan: { ...plan, fingerprint: fields } },
  };
  const [launched, tail, challenge] = events;
  const hello = { rank: 1, size: 2, generation: null, host: 'n2', groupPort: 1, fields: [] };
  const greeting = { ...challenge, frame: { ...frame, body: { kind: 'hello', hello } } } as Event;
  const read = readJournal(renderJournal(from, [...events, greeting], env));
  if (!read.ok) throw new Error(read.reason);
  expect(read.state).toEqual({
    ...state,
    base: {
      ...state.base,
      self: { ...self, key: '********', fingerprint: masked },
      plan: { ...plan, document: maskPlan(plan.document, env), fingerprint: masked },
    },
  });
  expect(read.events).toEqual([
    launched,
    { ...tail, lines: ['token is ********'] },
    { ...challenge, frame: { ...frame, body: { ...frame.body, key: '********' } } },
    greeting,
  ]);
});

test('no secret of the words, the variables, the output or the link is written', () => {
  const text = renderJournal(state, events, env);
  expect(text).not.toMatch(/hf_0123456789|sk-9876543210|sk-in-the-words|the-key-of/);
  expect(text).toContain('token is ********');
});

test.each(['', 'no JSON', 'null'])('%j is no journal, and why is said', (text) => {
  expect(readJournal(text)).toEqual({ ok: false, reason: expect.stringMatching(/Error: /) as string });
});

test.each(['{}', '{"journal":2,"state":{}}', '{"journal":1}'])('%j is a journal of another version', (text) => {
  expect(readJournal(text)).toEqual({ ok: false, reason: 'it is no journal of version 1' });
});
