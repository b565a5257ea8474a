import { connect } from 'node:net';

import { WebSocket, WebSocketServer } from 'ws';

import { bounds } from '#core/group/bounds.ts';
import { connectReason } from '#edge/network/connect-reason.ts';
import { listen } from '#edge/network/listen.ts';
import { lookupForDial } from '#edge/network/lookup.ts';

import { groupPath, handshakeMs, makeFront } from './front.ts';
import { flushMs, makeLink, plainAddress } from './link.ts';
import type { Link, OnLink, Wire } from './link.ts';

// The launchers' links over WebSocket. Import it when a group is wanted: a node on its own does not pay for it.
export type Listener = {
  readonly port: number;
  /** No new links from now on; open ones live. */
  readonly close: () => void;
};
export type ListenerOpened =
  { readonly ok: true; readonly listener: Listener } | { readonly ok: false; readonly reason: string };
export type LinkOpened = { readonly ok: true; readonly link: Link } | { readonly ok: false; readonly reason: string };

const limits = {
  perMessageDeflate: false,
  maxPayload: bounds.frameBytes,
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  maxPendingAutoPongs: 8,
  closeTimeout: flushMs,
} as const;

// Strangers may come without end; who reads the log has seen enough by then.
const mostTold = 16;

/** Returns a listener for a group of `size` members (`port` 0: any), or why the port cannot be bound. */
export async function openListener(options: {
  readonly port: number;
  readonly host?: string;
  readonly size: number;
  readonly onLink: OnLink;
  /** Told, once of each, of what does not end the listener: strangers, or no file descriptors left. */
  readonly onTrouble?: (reason: string) => void;
}): Promise<ListenerOpened> {
  const acceptor = new WebSocketServer({ noServer: true, clientTracking: false, ...limits });
  const told = new Set<string>();
  const tell = (reason: string): void => {
    if (told.size >= mostTold || told.has(reason)) return;
    told.add(reason);
    options.onTrouble?.(reason);
  };
  const front = makeFront(
    options.size * 2 + 16,
    ({ request, socket, head }) => {
      acceptor.handleUpgrade(request, socket, head, (web) => {
        makeLink(wireOf(web), socket, options.onLink, handshakeMs);
      });
    },
    (address, what) => tell(`${plainAddress(address)} sent ${what} to the group port`),
  );
  const listening = await listen(front, options.port, options.host ?? null);
  if (!listening.ok) return listening;
  front.on('error', (error) => tell(connectReason(error)));
  const close = (): void => {
    front.close();
    front.closeAllConnections();
  };
  return { ok: true, listener: { port: listening.port, close } };
}

/** Returns a link to a launcher, dialled at every address of the name within `timeoutMs`, or why there is none. */
export function openLink(options: {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
  readonly onLink: OnLink;
  readonly signal?: AbortSignal;
}): Promise<LinkOpened> {
  const { timeoutMs, onLink, signal } = options;
  const socket = dial(options);
  return new Promise((resolve) => {
    const web = new WebSocket(`ws://launcher${groupPath}`, { ...limits, createConnection: () => socket });
    const settle = (opened: LinkOpened): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(opened);
    };
    // The listener for errors stays on a connection that came to nothing: it may fail once more while it goes.
    const fail = (reason: string): void => {
      settle({ ok: false, reason });
      socket.destroy();
    };
    const failed = (error: Error): void => fail(handshakeReason(error));
    const giveUp = (): void => fail('given up');
    const timer = setTimeout(() => fail('timeout'), timeoutMs);
    signal?.addEventListener('abort', giveUp);
    web.on('error', failed);
    web.once('unexpected-response', (_, response) => fail(`not a launcher (HTTP ${response.statusCode})`));
    web.once('open', () => {
      const link = makeLink(wireOf(web), socket, onLink, null);
      web.off('error', failed);
      settle({ ok: true, link });
    });
  });
}

// Resolving and dialling are one operation: whichever address of the name answers will do.
const dial = ({ host, port, timeoutMs }: { host: string; port: number; timeoutMs: number }) =>
  connect({
    host,
    port,
    lookup: lookupForDial,
    autoSelectFamily: true,
    // Time for the later addresses where an earlier one does not answer.
    autoSelectFamilyAttemptTimeout: Math.max(250, Math.floor(timeoutMs / 4)),
    noDelay: true,
  });

// Errors of the handshake itself have no code: the other side speaks HTTP, but not ours.
const handshakeReason = (error: Error): string =>
  'code' in error || error instanceof AggregateError ? connectReason(error) : `not a launcher (${error.message})`;

const wireOf = (web: WebSocket): Wire => ({
  bufferedAmount: () => web.bufferedAmount,
  isOpen: () => web.readyState === WebSocket.OPEN,
  send: (text) => web.send(text),
  close: (code) => web.close(code),
  terminate: () => web.terminate(),
  onMessage: (listener) =>
    void web.on('message', (data, binary) => listener(binary || !Buffer.isBuffer(data) ? null : data.toString('utf8'))),
  onError: (listener) => void web.on('error', listener),
  onClose: (listener) => void web.once('close', listener),
});
