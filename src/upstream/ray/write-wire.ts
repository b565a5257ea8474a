// Protocol buffers, written: as much of them as our questions need.

/** Returns a field of bytes (field number 1 to 15; protobuf.dev/programming-guides/encoding). */
export const bytesField = (field: number, bytes: Uint8Array): Uint8Array =>
  joined([Uint8Array.of(field * 8 + 2), varint(bytes.length), bytes]);

/** Returns a field of text, as `bytesField` does of its UTF-8. */
export const textField = (field: number, text: string): Uint8Array => bytesField(field, new TextEncoder().encode(text));

/** Returns pieces of bytes as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.from([...bytes, rest]);
}
