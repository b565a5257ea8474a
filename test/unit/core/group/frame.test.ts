import { expect, test } from 'vitest';

import { bounds } from '#core/group/bounds.ts';
import { launcherCause } from '#core/group/cause.ts';
import type { Body, Frame } from '#core/group/message.ts';
import { readFrame } from '#core/group/schema.ts';
import { writeFrame } from '#core/group/write-frame.ts';

const cause = launcherCause('peer-lost', 'peer-lost', 'rank 1 went away');
const epoch = { leader: 'a1', counter: 1 };
const bodies: readonly Body[] = [
  { kind: 'challenge', key: '00ff', generation: null },
  {
    kind: 'hello',
    hello: {
      rank: 1,
      size: 2,
      generation: 'g1',
      host: 'node-1',
      groupPort: 9441,
      fields: [
        { field: 'argv', value: 'vllm serve', digest: 'ab'.repeat(16) },
        { field: 'env HF_TOKEN', value: null, digest: 'cd'.repeat(16) },
      ],
    },
  },
  { kind: 'welcome', rank: 1, host: 'node-0' },
  { kind: 'refused', name: 'mismatch', reason: 'argv differs' },
  { kind: 'wait', reason: 'the group runs' },
  { kind: 'start', epoch },
  { kind: 'heartbeat', phase: 'running', ready: true, missing: [1, 4095] },
  { kind: 'report', cause, ageMs: 1.5 },
  { kind: 'stop-asked', by: 'SIGTERM' },
  { kind: 'stop', mode: 'fault', cause, ageMs: 0 },
  { kind: 'drained' },
  { kind: 'verdict', cause: { ...cause, lastLines: ['a', 'b'], exitCode: 1, process: 'VLLM::EngineCore', pid: 7 } },
  { kind: 'leaving', code: null },
];
const framed = (body: Body): Frame => ({
  protocol: { min: 1, max: 1 },
  group: 'demo',
  incarnation: 'b2',
  epoch,
  seq: 3,
  body,
});
const heartbeat = { kind: 'heartbeat', phase: 'running', ready: true, missing: [] } as const;

test.each(bodies.map((body) => [body.kind, body] as const))('%s is read as it was written', (_, body) => {
  expect(readFrame(writeFrame(framed(body)))).toEqual({ ok: true, frame: framed(body) });
});

const changed = (change: object, body: object = heartbeat): string =>
  JSON.stringify({ ...framed(heartbeat), body, ...change });

test.each([
  ['no JSON', '{', 'not JSON'],
  ['an array', '[]', 'protocol: undefined where "protocol" belongs'],
  ['another version', changed({ protocol: { min: 2, max: 3 } }), 'speaks protocol 2 to 3, we speak 1 to 1'],
  ['a version that is none', changed({ protocol: { min: 0, max: 1 } }), /^protocol\.min: /],
  ['a version as text', changed({ protocol: { min: '1', max: 1 } }), /^protocol\.min: /],
  ['no incarnation', changed({ incarnation: '' }), /^incarnation: /],
  ['a long incarnation', changed({ incarnation: 'x'.repeat(257) }), /^incarnation: /],
  ['an epoch with a broken counter', changed({ epoch: { leader: 'a', counter: 1.5 } }), /^epoch\.counter: /],
  ['a negative seq', changed({ seq: -1 }), /^seq: /],
  ['an unknown kind', changed({}, { kind: 'reboot' }), /^body\.kind: "reboot" where \("challenge"/],
  ['a kind of the prototype', changed({}, { kind: '__proto__' }), /^body\.kind: /],
  ['a number', '7', 'frame: 7 where Object belongs'],
  ['no body', changed({ body: null }), /^body: /],
  ['a missing field', changed({}, { kind: 'heartbeat', phase: 'running', ready: true }), /^body\.missing: /],
  ['a flag as text', changed({}, { ...heartbeat, ready: 'yes' }), /^body\.ready: /],
  ['too many missing', changed({}, { ...heartbeat, missing: Array(4097).fill(1) }), /^body\.missing: /],
  ['a rank too large', changed({}, { ...heartbeat, missing: [4096] }), /^body\.missing\.0: /],
  ['an unknown refusal', changed({}, { kind: 'refused', name: 'bored', reason: '' }), /^body\.name: /],
  ['a long reason', changed({}, { kind: 'wait', reason: 'x'.repeat(513) }), /^body\.reason: /],
  ['a cause without words', changed({}, { kind: 'verdict', cause: {} }), /^body\.cause\.kind: /],
  ['21 last lines', changed({}, { kind: 'verdict', cause: { ...cause, lastLines: Array(21).fill('') } }), /lastLines/],
  ['an exit status of 256', changed({}, { kind: 'leaving', code: 256 }), /^body\.code: /],
  ['more than 64 KiB', changed({ more: 'x'.repeat(65_536) }), 'longer than 64 KiB'],
  ['more than 64 KiB in bytes alone', changed({ more: 'é'.repeat(33_000) }), 'longer than 64 KiB'],
])('%s is refused with a reason', (_, text, reason) => {
  const read = readFrame(text);
  expect(read.ok).toBe(false);
  if (read.ok) return;
  if (typeof reason === 'string') expect(read.reason).toBe(reason);
  else expect(read.reason).toMatch(reason);
});

test('a launcher of another version is told apart from garbage, even where its bodies are unknown to us', () => {
  const read = readFrame(changed({ protocol: { min: 2, max: 2 }, body: { kind: 'news' } }));
  expect(read).toMatchObject({ ok: false, why: 'protocol' });
  expect(readFrame(changed({ protocol: { min: 2, max: 2 } }))).toMatchObject({ ok: false, why: 'protocol' });
  expect(readFrame('{}')).toMatchObject({ ok: false, why: 'malformed' });
});

test.each(
  bodies.filter(({ kind }) => ['challenge', 'hello', 'refused'].includes(kind)).map((body) => [body.kind, body]),
)('a %s of another version is read, so that both sides can say what is wrong', (_, body) => {
  const protocol = { min: 8, max: 9 };
  const read = readFrame(changed({ protocol, body }));
  expect(read).toMatchObject({ ok: true, frame: { protocol, body } });
});

test('what a stranger wrote comes into the reason only short and printable', () => {
  const read = readFrame(changed({}, { kind: `\u001b[31m\n${'x'.repeat(5_000)}` }));
  expect(read.ok ? '' : read.reason).toMatch(/^[ -~]{1,200}$/);
});

test('unknown fields are dropped at every level and change no prototype', () => {
  const text = changed({ later: 1 }, { ...heartbeat, gpus: [] }).replace('{', '{"__proto__":{"polluted":1},');
  const read = readFrame(text);
  expect(read).toEqual({ ok: true, frame: framed(heartbeat) });
  expect(Object.keys(read)).not.toContain('polluted');
  expect('polluted' in {}).toBe(false);
  expect(read.ok && 'polluted' in read.frame).toBe(false);
});

test('the oldest last lines are cut before anything else of a frame that is too long', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `${index}${'\u0000'.repeat(509)}`);
  const verdict = { kind: 'verdict', cause: { ...cause, message: '\u0001'.repeat(2_048), lastLines: lines } } as const;
  const read = readFrame(writeFrame(framed(verdict)));
  if (!read.ok || read.frame.body.kind !== 'verdict') throw new Error('no verdict');
  const kept = read.frame.body.cause.lastLines;
  expect(kept.length).toBeGreaterThan(10);
  expect(kept.length).toBeLessThan(20);
  expect(kept).toEqual(lines.slice(-kept.length));
  expect(read.frame.body.cause.message).toBe(verdict.cause.message);
});

test('a hello that is too long keeps its digests and gives up the shown values', () => {
  const digest = 'ab'.repeat(16);
  const fields = Array.from({ length: 64 }, (_, index) => ({ field: `f${index}`, value: 'x'.repeat(2_048), digest }));
  const hello = { rank: 1, size: 2, generation: null, host: 'h', groupPort: 9441, fields };
  const read = readFrame(writeFrame(framed({ kind: 'hello', hello })));
  if (!read.ok || read.frame.body.kind !== 'hello') throw new Error('no hello');
  expect(read.frame.body.hello.fields).toEqual(fields.map((field) => ({ ...field, value: null })));
});

test('64 fields whose every character must be escaped still fit', () => {
  const field = '\u0000'.repeat(bounds.field);
  const name = '\u0000'.repeat(300);
  const fields = Array.from({ length: 70 }, () => ({ field, value: null, digest: 'ab'.repeat(16) }));
  const hello = { rank: 1, size: 2, generation: name, host: name, groupPort: 9441, fields };
  const said = {
    ...framed({ kind: 'hello', hello }),
    group: name,
    incarnation: name,
    epoch: { leader: name, counter: 1 },
  };
  expect(readFrame(writeFrame(said))).toMatchObject({ ok: true });
});
