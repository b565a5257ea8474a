import type { IncomingMessage } from 'node:http';

// Bodies of requests, bounded one by one and together: whoever reaches the port may send what he likes.

/** The API server takes objects of 3 MiB at most (etcd half of it), and an update brings two of them. */
export const mostBytes = 8 * 1_048_576;
const mostTogether = 64 * 1_048_576;

export type Body =
  | { readonly ok: true; readonly text: string | null }
  | { readonly ok: false; readonly status: 413 | 415 | 503; readonly reason: string };

/** Returns a reader that lets all bodies together have 64 MiB; it rejects where the client goes away. */
export function bodyReader(): (request: IncomingMessage) => Promise<Body> {
  let together = 0;
  return async (request) => {
    const { 'content-encoding': encoding = 'identity', 'content-length': length = '0' } = request.headers;
    if (encoding !== 'identity') return { ok: false, status: 415, reason: `the body is encoded (${encoding})` };
    if (Number(length) > mostBytes) return tooLarge;
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      // Not destroyed on an early return: the answer goes out on the same connection, and what still comes is thrown away.
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        together += chunk.length;
        if (bytes > mostBytes) return tooLarge;
        if (together > mostTogether) return tooMany;
        chunks.push(chunk);
      }
      return { ok: true, text: decode(Buffer.concat(chunks)) };
    } finally {
      together -= bytes;
    }
  };
}

const tooLarge: Body = { ok: false, status: 413, reason: `the body is larger than ${mostBytes} bytes` };
const tooMany: Body = { ok: false, status: 503, reason: `all bodies together are larger than ${mostTogether} bytes` };

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null; // said to the client as what it is: no UTF-8
  }
}
