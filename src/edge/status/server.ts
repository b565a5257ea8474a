import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { answer, brokenAnswer } from '#core/report/answer.ts';
import type { Answer } from '#core/report/answer.ts';
import type { StatusView } from '#core/report/status-document.ts';
import { listen } from '#edge/network/listen.ts';

// The server that others ask: probes, people, `status`. Read-only, bounded in every direction, never fatal.
export type StatusServer = {
  readonly port: number;
  /** Resolves when every connection is closed, within half a second. */
  readonly close: () => Promise<void>;
};
export type StatusOpened =
  { readonly ok: true; readonly server: StatusServer } | { readonly ok: false; readonly reason: string };

const connections = 256;
const keepAliveMs = 5_000;
const requestMs = 5_000;
/** Of a connection in the middle of an answer that nobody reads. */
const idleMs = 10_000;
const closeMs = 500;

/** Returns a running status server (`port` 0: any), or why the port cannot be bound; `view` gives the state as of now. */
export async function openStatusServer(options: {
  readonly port: number;
  readonly host: string | null;
  readonly view: () => StatusView;
}): Promise<StatusOpened> {
  const server = createServer(
    {
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: 1_000,
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: 8 * 1024,
    },
    (request, response) => reply(response, answerTo(request, options.view)),
  );
  server.maxConnections = connections;
  server.timeout = idleMs;
  const listening = await listen(server, options.port, options.host);
  if (!listening.ok) return listening;
  // Trouble with accepting (no descriptors left) is the client's refused connection; the launcher's work goes on.
  server.on('error', () => undefined);
  return { ok: true, server: { port: listening.port, close: () => close(server) } };
}

function answerTo(request: IncomingMessage, view: () => StatusView): Answer {
  const { method = '', url = '', socket } = request;
  try {
    return answer({ method, url, local: isLoopback(socket.remoteAddress) }, view);
  } catch (error) {
    return brokenAnswer(error instanceof Error ? error.message : String(error));
  }
}

const isLoopback = (address = ''): boolean => /^(?:::ffff:)?127\.|^::1$/i.test(address);

function reply(response: ServerResponse, { status, type, body }: Answer): void {
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD', connection: 'close' } : {}),
  };
  response.writeHead(status, headers).end(body);
}

function close(server: Server): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), closeMs);
  return new Promise((resolve) => {
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
