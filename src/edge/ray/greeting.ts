import { dial } from './dial.ts';

// The first words of a server that does not speak HTTP/2: what it says to HTTP/2's own greeting.
const greeting = Uint8Array.from([
  ...new TextEncoder().encode('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  // An empty SETTINGS frame (RFC 9113, 3.4).
  ...[0, 0, 0, 4, 0, 0, 0, 0, 0],
]);
const enoughBytes = 16;

/** Returns the first bytes of a server's answer to an HTTP/2 greeting, or null where it says none in time or speaks HTTP/2. */
export function greetingOf(host: string, port: number, timeoutMs: number): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    const socket = dial(host, port);
    const chunks: Buffer[] = [];
    const finish = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const said = Buffer.concat(chunks);
      resolve(said.length === 0 || isHttp2(said) ? null : said);
    };
    const timer = setTimeout(finish, timeoutMs);
    socket.once('close', finish);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // What arrives comes in pieces of at most 64 KiB; the first that is enough is the last one read.
      if (Buffer.concat(chunks).length >= enoughBytes) finish();
    });
    socket.write(greeting);
  });
}

// A server's first frame is SETTINGS (type 4) on stream 0.
const isHttp2 = (said: Buffer): boolean => said.length >= 9 && said[3] === 4 && said.readUInt32BE(5) === 0;
