// Who speaks, by the first words of a server that was greeted in HTTP/2 and does not understand it.
const signs: readonly (readonly [RegExp, string])[] = [
  [/^HTTP\/1\.[01] /, 'HTTP/1'],
  // Redis' error replies (redis.io RESP); Ray's address was Redis' until 1.11.
  [/^-(ERR|NOAUTH|DENIED|LOADING)\b/, 'Redis'],
  [/^SSH-/, 'SSH'],
  // A TLS alert record: content type 21, version 3.x (RFC 8446, 5.1).
  // oxlint-disable-next-line no-control-regex
  [/^\u0015\u0003[\u0000-\u0004]/, 'TLS'],
];

/** Returns the name of a protocol by its server's first bytes, at most 64 of them looked at; else its first words. */
export function speaker(greeting: Uint8Array): string {
  const text = String.fromCharCode(...greeting.subarray(0, 64));
  const known = signs.find(([sign]) => sign.test(text));
  if (known !== undefined) return known[1];
  const words = text.replaceAll(/[^ -~]+/g, ' ').trim();
  return words === '' ? 'something that is not HTTP/2' : `"${words.slice(0, 40)}"`;
}
