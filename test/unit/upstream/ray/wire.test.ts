import { expect, test } from 'vitest';

import { doubleIn, integerIn, messageIn, textIn } from '#upstream/ray/values.ts';
import { mostFields, readMessage } from '#upstream/ray/wire.ts';
import type { WireFields } from '#upstream/ray/wire.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function fieldsOf(hex: string): WireFields {
  const read = readMessage(bytes(hex));
  if (!read.ok) throw new Error(`${read.fault.expected} at ${read.fault.at}`);
  return read.fields;
}

test.each([
  ['one byte', '08 01', 1],
  ['two bytes (the example of the specification)', '08 9601', 150],
  ['seven bytes', '08 ffffffffffff7f', 2 ** 49 - 1],
  ['eight bytes', '08 ffffffffffffff7f', Number(2n ** 56n - 1n)],
  ['a time in ms', '08 ccb9a7f49f34', 1_795_271_810_252],
  ['minus one, as int32 writes it', '08 ffffffffffffffffff01', -1],
  ['the least int64', '08 80808080808080808001', Number(-(2n ** 63n))],
  ['a zero that takes more bytes than it needs', '08 808000', 0],
])('a varint of %s', (_, hex, value) => {
  expect(integerIn(fieldsOf(hex), 1)).toBe(value);
});

test('texts, doubles and messages in messages', () => {
  const fields = fieldsOf('0a 04 c3a9c3a9  11 0000000000001040  1a 02 0807');
  expect(textIn(fields, 1)).toBe('éé');
  expect(doubleIn(fields, 2)).toBe(4);
  const inner = messageIn(fields, 3);
  expect(inner.ok && integerIn(inner.fields, 1)).toBe(7);
});

test('unknown fields of every wire type are stepped over, also those whose bytes are no message', () => {
  const fields = fieldsOf('f801 8001  f901 0102030405060708  fa01 03 ffffff  fd01 01020304  08 05');
  expect(integerIn(fields, 1)).toBe(5);
  expect(fields.get(31)?.map(({ kind }) => kind)).toEqual(['varint', 'double', 'bytes', 'fixed32']);
});

test('the last of several counts, one of another type does not, what is absent is zero or empty', () => {
  const fields = fieldsOf('08 01  08 02  0a 01 41');
  expect(integerIn(fields, 1)).toBe(2);
  expect(textIn(fields, 1)).toBe('A');
  expect([integerIn(fields, 2), doubleIn(fields, 2), textIn(fields, 2)]).toEqual([0, 0, '']);
  expect(messageIn(fields, 2)).toMatchObject({ ok: true });
});

test('a value counts though another type follows, and a field of other types alone is absent', () => {
  const fields = fieldsOf('11 0000000000001040  12 01 41  10 07  1d 01020304');
  expect([integerIn(fields, 2), doubleIn(fields, 2), textIn(fields, 2)]).toEqual([7, 4, 'A']);
  expect([integerIn(fields, 3), doubleIn(fields, 3), textIn(fields, 3)]).toEqual([0, 0, '']);
});

test('a byte order mark is a part of its text', () => {
  expect(textIn(fieldsOf('0a 04 efbbbf41'), 1)).toBe('\ufeffA');
});

test('the greatest field number is read', () => {
  expect(integerIn(fieldsOf('f8ffffff0f 01'), 2 ** 29 - 1)).toBe(1);
});

test.each([
  ['a tag that does not end', '80', 1, 'the rest of a number'],
  ['a number that does not end', '08 ff', 2, 'the rest of a number'],
  ['a number of eleven bytes', '08 8080808080808080808001', 1, 'a number of at most 10 bytes'],
  ['a number that never ends', `08 ${'ff'.repeat(50)}`, 1, 'a number of at most 10 bytes'],
  ['field number 0', '00 01', 0, 'a field number from 1'],
  ['a tag of 33 bits', 'f8ffffff1f 01', 0, 'a number of at most 32 bits'],
  ['a length below zero', '0a ffffffffffffffffff01', 1, 'a number of at most 32 bits'],
  ['a text that ends early', '0a 05 41', 2, '5 bytes'],
  ['a length of 4 GiB', '0a ffffffff0f 41', 6, '4294967295 bytes'],
  ['half a double', '09 00000000', 1, '8 bytes'],
  ['half a fixed32', '0d 0000', 1, '4 bytes'],
  ['the start of a group', '0b 0c', 1, 'a wire type of 0, 1, 2 or 5'],
  ['the end of a group', '0c', 1, 'a wire type of 0, 1, 2 or 5'],
  ['wire type 6', '0e', 1, 'a wire type of 0, 1, 2 or 5'],
  ['wire type 7', '0f', 1, 'a wire type of 0, 1, 2 or 5'],
])('%s is a fault with its place', (_, hex, at, expected) => {
  expect(readMessage(bytes(hex))).toEqual({ ok: false, fault: { at, expected } });
});

test('a message has so many fields and no more', () => {
  const of = (count: number): Uint8Array => Uint8Array.from({ length: count * 2 }, (_, at) => (at % 2 === 0 ? 8 : 1));
  expect(readMessage(of(mostFields))).toMatchObject({ ok: true });
  expect(readMessage(of(mostFields + 1))).toEqual({
    ok: false,
    fault: { at: mostFields * 2, expected: `at most ${mostFields} fields` },
  });
});

test('of a text 2,000 bytes are read', () => {
  expect(textIn(fieldsOf(`0a d10f ${'41'.repeat(2_001)}`), 1)).toBe('A'.repeat(2_000));
});

test('bytes that are a window of a greater buffer are read as the window', () => {
  const whole = bytes('ffff 11 0000000000001040 ffff');
  const read = readMessage(whole.subarray(2, 11));
  expect(read.ok && doubleIn(read.fields, 2)).toBe(4);
});
