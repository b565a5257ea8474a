import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';

// The door of the group port: plain HTTP that lets nothing through but an upgrade on /group. Whatever else comes
// (half a request, TLS, noise) is bounded in time, size and number and never reaches the launcher.
export type Upgrade = { readonly request: IncomingMessage; readonly socket: Socket; readonly head: Buffer };

export const groupPath = '/group';
const notice = 'the group port of a vllm-launch launcher; it talks to launchers only\n';
export const handshakeMs = 5_000;

/** Returns a server, not listening yet, that hands over each proper upgrade, tells of strangers and holds at most `connections` sockets. */
export function makeFront(
  connections: number,
  onUpgrade: (upgrade: Upgrade) => void,
  onStranger: (address: string, what: string) => void,
): Server {
  const server = createServer({
    headersTimeout: handshakeMs,
    requestTimeout: handshakeMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 8 * 1024,
    noDelay: true,
  });
  server.maxConnections = connections;
  server.on('request', (request, response) => {
    onStranger(addressOf(request.socket), 'an HTTP request');
    const headers = { connection: 'close', upgrade: 'websocket', 'content-type': 'text/plain' };
    response.writeHead(426, { ...headers, 'content-length': notice.length }).end(notice);
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuse(request);
    if (refusal !== null) {
      onStranger(addressOf(request.socket), 'an HTTP upgrade to something else');
      turnAway(socket, refusal);
    } else if (socket instanceof Socket) onUpgrade({ request, socket, head });
    else socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A connection that ends before its first byte is a probe, of a peer or of a load balancer.
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const status = answers[error.code ?? ''];
    if (status !== timeout) onStranger(addressOf(socket), 'bytes that are no HTTP');
    turnAway(socket, status ?? '400 Bad Request');
  });
  return server;
}

// As Node answers them where nobody listens.
const timeout = '408 Request Timeout';
const answers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: timeout,
};

const addressOf = (socket: Duplex): string => (socket instanceof Socket ? socket.remoteAddress : null) ?? 'somebody';

function refuse(request: IncomingMessage): string | null {
  if (request.url?.split('?')[0] !== groupPath) return '404 Not Found';
  // Only browsers send it, and no page has business here.
  if (request.headers.origin !== undefined) return '403 Forbidden';
  return null;
}

function turnAway(socket: Duplex, status: string): void {
  // The answer is a courtesy: a peer that is gone already changes nothing.
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  setTimeout(() => socket.destroy(), 500).unref();
}
