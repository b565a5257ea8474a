// The journal's text: what JSON has no word for comes back, what is secret does not.
import { expect, test } from 'vitest';

import { openGroup } from '#core/group/group.ts';
import { makePlan } from '#core/plan/make-plan.ts';
import { readJournal, renderJournal } from '#core/report/journal.ts';
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

const events: readonly Event[] = [
  { kind: 'launchRequested', atMs: 7 },
  { kind: 'tailRead', epoch: 1, lines: ['token is hf_0123456789'], atMs: 8 },
  {
    kind: 'frameReceived',
    link: 1,
    atMs: 9,
    frame: {
      protocol: { min: 1, max: 1 },
      group: null,
      incarnation: 'l',
      epoch: null,
      seq: 1,
      body: { kind: 'challenge', key: 'the-key-of-the-leader', generation: null },
    },
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

test('no secret of the words, the variables, the output or the link is written', () => {
  const text = renderJournal(state, events, env);
  expect(text).not.toMatch(/hf_0123456789|sk-9876543210|sk-in-the-words|the-key-of/);
  expect(text).toContain('token is ********');
});

test.each(['', 'no JSON', '{}', '{"journal":2,"state":{}}', 'null'])('%j is no journal, and why is said', (text) => {
  expect(readJournal(text)).toMatchObject({ ok: false, reason: expect.any(String) as string });
});
