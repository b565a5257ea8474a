// Protocol buffers, read field by field. A field of bytes is never looked into here: what nobody asks for costs no more than
// its place in a list, and nothing nests deeper than the messages that we know. Groups, the one form that would nest
// without a length, exist in no proto3 file and are refused.
export type WireFault = { readonly at: number; readonly expected: string };

/** A field's value: a varint as a signed integer (inexact beyond 2^53), a fixed64 as a double, or bytes not copied. */
export type WireValue =
  | { readonly kind: 'varint'; readonly integer: number }
  | { readonly kind: 'double'; readonly double: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'fixed32' };

/** A message: the values of each field number in their order. */
export type WireFields = ReadonlyMap<number, readonly WireValue[]>;
export type WireMessage =
  { readonly ok: true; readonly fields: WireFields } | { readonly ok: false; readonly fault: WireFault };

/** More than any message of ours has: a reply names each node once, a node each of its resources and labels. */
export const mostFields = 20_000;

/**
 * Returns the fields of a message, or the first place (byte from the start of these bytes) where it is none.
 * Source: protobuf.dev/programming-guides/encoding.
 */
export function readMessage(bytes: Uint8Array): WireMessage {
  const fields = new Map<number, WireValue[]>();
  const cursor = { bytes, at: 0 };
  for (let count = 0; cursor.at < bytes.length; count += 1) {
    if (count === mostFields) return refused({ at: cursor.at, expected: `at most ${mostFields} fields` });
    const fault = readField(cursor, fields);
    if (fault !== null) return refused(fault);
  }
  return { ok: true, fields };
}

const refused = (fault: WireFault): WireMessage => ({ ok: false, fault });

function readField(cursor: Cursor, fields: Map<number, WireValue[]>): WireFault | null {
  const start = cursor.at;
  const tag = readShort(cursor);
  if (typeof tag !== 'number') return tag;
  const field = Math.floor(tag / 8);
  if (field === 0) return { at: start, expected: 'a field number from 1' };
  const value = readValue(cursor, tag % 8);
  if ('expected' in value) return value;
  const before = fields.get(field);
  if (before === undefined) fields.set(field, [value]);
  else before.push(value);
  return null;
}

type Cursor = { readonly bytes: Uint8Array; at: number };

function readValue(cursor: Cursor, type: number): WireValue | WireFault {
  switch (type) {
    case 0: {
      const integer = readVarint(cursor);
      return typeof integer === 'number' ? { kind: 'varint', integer } : integer;
    }
    case 1: {
      const taken = take(cursor, 8);
      if ('expected' in taken) return taken;
      return { kind: 'double', double: new DataView(taken.buffer, taken.byteOffset, 8).getFloat64(0, true) };
    }
    case 2: {
      const length = readShort(cursor);
      if (typeof length !== 'number') return length;
      const bytes = take(cursor, length);
      return 'expected' in bytes ? bytes : { kind: 'bytes', bytes };
    }
    case 5: {
      const taken = take(cursor, 4);
      return 'expected' in taken ? taken : { kind: 'fixed32' };
    }
    default:
      return { at: cursor.at, expected: 'a wire type of 0, 1, 2 or 5' };
  }
}

function take(cursor: Cursor, length: number): Uint8Array | WireFault {
  const start = cursor.at;
  if (length > cursor.bytes.length - start) return { at: start, expected: `${length} bytes` };
  cursor.at += length;
  return cursor.bytes.subarray(start, cursor.at);
}

// Tags and lengths are unsigned and of 32 bits.
function readShort(cursor: Cursor): number | WireFault {
  const start = cursor.at;
  const value = readVarint(cursor);
  if (typeof value !== 'number') return value;
  return value >= 0 && value <= 0xffff_ffff ? value : { at: start, expected: 'a number of at most 32 bits' };
}

const longestVarint = 10;

// Seven bytes fit a double exactly; what is longer is put together as 64 bits in two's complement, as int32 and int64 are.
function readVarint(cursor: Cursor): number | WireFault {
  const start = cursor.at;
  let value = 0;
  let long = 0n;
  for (let count = 0; count < longestVarint; count += 1) {
    const byte = cursor.bytes[cursor.at];
    if (byte === undefined) return { at: cursor.at, expected: 'the rest of a number' };
    cursor.at += 1;
    if (count < 7) value += (byte & 0x7f) * 2 ** (7 * count);
    else long |= BigInt(byte & 0x7f) << BigInt(7 * count);
    if (byte < 0x80) return count < 7 ? value : Number(BigInt.asIntN(64, long | BigInt(value)));
  }
  return { at: start, expected: `a number of at most ${longestVarint} bytes` };
}
