import { joined } from './write-wire.ts';

// gRPC's frame around a message: one byte "compressed", four bytes length, big end first (gRPC over HTTP2, "Length-
// Prefixed-Message"). An answer to our questions is one frame: neither none, nor half a one, nor more than one.
export type Unframed =
  | { readonly kind: 'message'; readonly message: Uint8Array }
  | { readonly kind: 'short'; readonly missingBytes: number }
  | { readonly kind: 'bad'; readonly expected: string };

export const prefixBytes = 5;

/** Returns a message as a frame, uncompressed. */
export function frameMessage(message: Uint8Array): Uint8Array {
  const prefix = new Uint8Array(prefixBytes);
  new DataView(prefix.buffer).setUint32(1, message.length);
  return joined([prefix, message]);
}

/** Returns the message (not copied) of a body that is one frame; how much is missing of one; or what was expected. */
export function unframe(body: Uint8Array): Unframed {
  if (body.length === 0) return { kind: 'bad', expected: 'a message, got none' };
  // Seen before the length: who does not speak gRPC is not waited for.
  if (body[0] !== 0) return { kind: 'bad', expected: 'a message that is not compressed' };
  if (body.length < prefixBytes) return { kind: 'short', missingBytes: prefixBytes - body.length };
  const length = new DataView(body.buffer, body.byteOffset).getUint32(1);
  const there = body.length - prefixBytes;
  if (there < length) return { kind: 'short', missingBytes: length - there };
  if (there > length) return { kind: 'bad', expected: `one message of ${length} bytes, got ${there - length} more` };
  return { kind: 'message', message: body.subarray(prefixBytes) };
}
