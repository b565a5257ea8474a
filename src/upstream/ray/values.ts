import { readMessage } from './wire.ts';
import type { WireFields, WireMessage } from './wire.ts';

// Single fields of a message as the values they stand for. As protocol buffers have it: the last one counts, one of
// another wire type is another field, and one that is not there is zero or empty.

/** Returns an integer field. */
export const integerIn = (fields: WireFields, field: number): number =>
  fields.get(field)?.findLast((value) => value.kind === 'varint')?.integer ?? 0;

/** Returns a double field. */
export const doubleIn = (fields: WireFields, field: number): number =>
  fields.get(field)?.findLast((value) => value.kind === 'double')?.double ?? 0;

/** Returns the values of a repeated field of bytes (texts and messages are bytes). */
export const allBytesIn = (fields: WireFields, field: number): readonly Uint8Array[] =>
  (fields.get(field) ?? []).flatMap((value) => (value.kind === 'bytes' ? [value.bytes] : []));

/** Returns a field of bytes. */
export const bytesIn = (fields: WireFields, field: number): Uint8Array =>
  allBytesIn(fields, field).at(-1) ?? new Uint8Array();

const longestText = 2_000;

/** Returns a field of text, at most 2,000 bytes of it; what is no UTF-8 becomes U+FFFD. */
export const textIn = (fields: WireFields, field: number): string => textOf(bytesIn(fields, field));

/** Returns bytes as text as `textIn` does. */
export const textOf = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, longestText));

/** Returns a message within a message, an empty one where there is none. */
export const messageIn = (fields: WireFields, field: number): WireMessage => readMessage(bytesIn(fields, field));

/** Returns bytes as hexadecimal digits, as Ray prints its ids. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
