import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';

import { answerRequest, badRequest } from '#core/webhook/answer.ts';
import type { Answer, Outcome } from '#core/webhook/answer.ts';
import type { Counted, Metrics } from '#core/webhook/metrics.ts';
import { nowMs } from '#edge/clock.ts';
import { listen } from '#edge/network/listen.ts';

import { bodyReader } from './body.ts';
import { leastTls } from './certificate.ts';
import type { Certificate } from './certificate.ts';

// HTTPS for API servers, probes and Prometheus: bounded in every direction, each request with its answer.
export type WebhookServer = {
  readonly port: number;
  readonly use: (certificate: Certificate) => void;
  readonly inFlight: () => number;
  /** Stops listening, finishes what is in flight, and resolves to how many requests had to be cut off after `limitMs`. */
  readonly close: (limitMs: number) => Promise<number>;
  /** Cuts off everything at once. */
  readonly cut: () => void;
};
export type WebhookOpened =
  { readonly ok: true; readonly server: WebhookServer } | { readonly ok: false; readonly reason: string };

export type WebhookOptions = {
  readonly port: number;
  readonly version: string;
  readonly certificate: Certificate;
  readonly metrics: () => Counted;
  /** Called after every review with the time from the request to its answer. */
  readonly judged: (outcome: Outcome, tookMs: number) => void;
};

const limits = {
  headersTimeout: 5_000,
  // An API server asks for 30 s at most and is told 10 s in our manifests.
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // Longer than Go keeps an idle connection (90 s), so that it is the client who ends it and no request meets a closed one.
  keepAliveTimeout: 120_000,
  maxHeaderSize: 16 * 1024,
  handshakeTimeout: 5_000,
};
const connections = 512;
/** Of a connection in the middle of an answer that nobody reads. */
const idleMs = 15_000;

/** Returns a running server, or why the port cannot be bound. */
export async function openWebhookServer(options: WebhookOptions): Promise<WebhookOpened> {
  const { cert, key } = options.certificate;
  const state = { inFlight: 0, closing: false };
  const readBody = bodyReader();
  const server = createServer({ ...limits, cert, key, minVersion: leastTls }, (request, response) => {
    const begunMs = nowMs();
    state.inFlight += 1;
    response.once('close', () => (state.inFlight -= 1));
    const metrics = (): Metrics => ({ ...options.metrics(), inFlight: state.inFlight });
    void answer(request, readBody, options.version, metrics).then((given) => {
      if (state.closing) response.setHeader('connection', 'close');
      reply(response, given);
      if (given?.outcome != null) options.judged(given.outcome, nowMs() - begunMs);
    });
  });
  server.maxConnections = connections;
  server.timeout = idleMs;
  // Scanners and clients that do not trust us: their connection ends, which tells them all there is.
  server.on('tlsClientError', () => undefined);
  const listening = await listen(server, options.port, null);
  if (!listening.ok) return listening;
  server.on('error', () => undefined); // no descriptors left: the client sees a refused connection, what is open goes on
  return {
    ok: true,
    server: {
      port: listening.port,
      use: ({ cert: nextCert, key: nextKey }) =>
        server.setSecureContext({ cert: nextCert, key: nextKey, minVersion: leastTls }),
      inFlight: () => state.inFlight,
      close: (limitMs) => {
        state.closing = true;
        return close(server, limitMs, () => state.inFlight);
      },
      cut: () => server.closeAllConnections(),
    },
  };
}

/** Returns the answer, or null where the client went away before it had asked. */
async function answer(
  request: IncomingMessage,
  readBody: ReturnType<typeof bodyReader>,
  version: string,
  metrics: () => Metrics,
): Promise<Answer | null> {
  try {
    const body = await readBody(request);
    if (!body.ok) return badRequest(`cannot read this request: ${body.reason}; send less at a time`, null, body.status);
    const { method = '', url = '' } = request;
    return answerRequest({ method, url, body: body.text }, version, metrics);
  } catch (error) {
    if (request.destroyed && !request.complete) return null;
    return badRequest(
      `cannot answer: internal error: ${error instanceof Error ? error.message : String(error)}`,
      null,
      500,
    );
  }
}

function reply(response: ServerResponse, given: Answer | null): void {
  if (given === null) {
    response.destroy();
    return;
  }
  const headers = {
    'content-type': given.type,
    'content-length': Buffer.byteLength(given.body),
    'cache-control': 'no-store',
    ...(given.status === 405 ? { allow: 'GET, HEAD, POST' } : {}),
  };
  response.writeHead(given.status, headers).end(given.body);
}

async function close(server: Server, limitMs: number, inFlight: () => number): Promise<number> {
  let cutOff = 0;
  const limit = setTimeout(() => {
    cutOff = inFlight();
    server.closeAllConnections();
  }, limitMs);
  // What was answered without the word close stays open and idle.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearTimeout(limit);
  clearInterval(idle);
  return cutOff;
}
