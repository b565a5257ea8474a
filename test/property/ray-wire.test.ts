import fc from 'fast-check';
import { expect, test } from 'vitest';

import { frameMessage, unframe } from '#upstream/ray/grpc-frame.ts';
import { compareNodes } from '#upstream/ray/joined.ts';
import { judgeGcsAnswer } from '#upstream/ray/judge.ts';
import { gcsPaths } from '#upstream/ray/question.ts';
import type { GcsQuestion } from '#upstream/ray/question.ts';
import { allBytesIn, textIn } from '#upstream/ray/values.ts';
import { readMessage } from '#upstream/ray/wire.ts';
import { bytesField, joined, textField } from '#upstream/ray/write-wire.ts';

import { raw, versions } from '../unit/upstream/ray/recorded.ts';

const questions = Object.keys(gcsPaths) as GcsQuestion[];
const ips = ['10.77.0.10', '10.77.0.11'];
const good = raw('2.60.0', 'two nodes');
const many = { numRuns: 2_000 };

const kinds = new Set(['answered', 'unreadable', 'gcs-error', 'half-answer']);

/** Every judgement is one of the kinds that a reply can have, its reason one short line. */
function isJudged(question: GcsQuestion, body: Uint8Array): void {
  const judged = judgeGcsAnswer(question, { ...good, body });
  expect(kinds).toContain(judged.kind);
  if ('reason' in judged) expect(judged.reason).toMatch(/^[ -~]{1,200}$/);
}

test('any bytes as a body or as a message are judged', () => {
  fc.assert(
    fc.property(fc.constantFrom(...questions), fc.uint8Array({ maxLength: 300 }), (question, bytes) => {
      isJudged(question, bytes);
      isJudged(question, frameMessage(bytes));
      isJudged(question, frameMessage(bytesField(2, bytes)));
    }),
    many,
  );
});

/** Whether a body says that both recorded nodes are there with their GPUs. */
function isReady(body: Uint8Array): boolean {
  const judged = judgeGcsAnswer('nodes', { ...good, body });
  return judged.kind === 'answered' && compareNodes(judged.answer, { nodes: 2, gpusEach: 1, ips }).ready;
}

test.each(versions)('Ray %s: no beginning of an answer is an answer, and none of its message says ready', (version) => {
  const { body } = raw(version, 'two nodes');
  expect(isReady(body)).toBe(true);
  const message = body.subarray(5);
  for (let end = 0; end < body.length; end += 1) {
    const judged = judgeGcsAnswer('nodes', { ...good, body: body.subarray(0, end) });
    expect(['half-answer', 'unreadable']).toContain(judged.kind);
  }
  // 2.60 counts the nodes after their list (total): all of them are there before that.
  const read = readMessage(message);
  const list = read.ok ? allBytesIn(read.fields, 2) : [];
  const last = list.at(-1);
  const listEnds = last === undefined ? 0 : last.byteOffset - message.byteOffset + last.length;
  expect(listEnds).toBeGreaterThan(800);
  for (let end = 0; end < listEnds; end += 1) expect(isReady(frameMessage(message.subarray(0, end)))).toBe(false);
});

const unknownField = fc
  .record({
    field: fc.integer({ min: 200, max: 2 ** 29 - 1 }),
    type: fc.constantFrom(0, 1, 2, 5),
    bytes: fc.uint8Array(),
  })
  .map(({ field, type, bytes }) => {
    const tag = varint(BigInt(field * 8 + type));
    if (type === 0) return joined([tag, varint(BigInt(bytes.length) << 40n)]);
    if (type === 2) return joined([tag, varint(BigInt(bytes.length)), bytes]);
    return joined([tag, new Uint8Array(type === 1 ? 8 : 4).fill(bytes[0] ?? 0)]);
  });

function varint(value: bigint): Uint8Array {
  const rest = value >> 7n;
  const low = Number(value & 0x7fn);
  return rest === 0n ? Uint8Array.of(low) : joined([Uint8Array.of(low + 0x80), varint(rest)]);
}

test('fields of a later Ray, in the reply and in its nodes, change nothing', () => {
  const read = readMessage(good.body.subarray(5));
  const list = read.ok ? allBytesIn(read.fields, 2) : [];
  expect(list).toHaveLength(2);
  const plain = judgeGcsAnswer('nodes', good);
  expect(plain.kind).toBe('answered');
  fc.assert(
    fc.property(fc.array(unknownField, { maxLength: 4 }), fc.boolean(), (fields, before) => {
      const more = joined(fields);
      const around = (bytes: Uint8Array): Uint8Array => joined(before ? [more, bytes] : [bytes, more]);
      const nodes = joined(list.map((node) => bytesField(2, around(node))));
      expect(judgeGcsAnswer('nodes', { ...good, body: frameMessage(around(nodes)) })).toEqual(plain);
    }),
    { numRuns: 500 },
  );
});

test('an answer with one changed byte is judged', () => {
  for (const version of versions) {
    const { body } = raw(version, 'one alive, one dead');
    fc.assert(
      fc.property(fc.nat({ max: body.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        isJudged('nodes', body.with(at, byte));
      }),
      many,
    );
  }
});

test('what is written is read', () => {
  const piece = fc.record({
    field: fc.integer({ min: 1, max: 15 }),
    text: fc.string({ unit: 'grapheme', maxLength: 50 }),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const framed = unframe(frameMessage(joined(pieces.map(({ field, text }) => textField(field, text)))));
      const read = framed.kind === 'message' ? readMessage(framed.message) : null;
      if (read?.ok !== true) throw new Error('not read');
      for (let field = 1; field <= 15; field += 1)
        expect(textIn(read.fields, field)).toBe(pieces.findLast((each) => each.field === field)?.text ?? '');
    }),
    { numRuns: 500 },
  );
});

test('four MiB of the worst bytes are read in a moment', () => {
  const worst = [
    new Uint8Array(4 << 20).fill(0x08),
    new Uint8Array(4 << 20).map((_, at) => (at % 2 === 0 ? 0x12 : 0)),
    new Uint8Array(4 << 20).fill(0xff),
    bytesField(2, new Uint8Array(4 << 20).fill(0x12)),
  ];
  for (const bytes of worst) {
    const sinceMs = performance.now();
    isJudged('nodes', frameMessage(bytes));
    expect(performance.now() - sinceMs).toBeLessThan(1_000);
  }
});
