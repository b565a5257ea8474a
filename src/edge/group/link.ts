import type { Socket } from 'node:net';

import { connectReason } from '#edge/network/connect-reason.ts';

// One open connection between two launchers: text frames in and out, bounded in every direction, closed exactly once.
export type Link = {
  readonly id: number;
  /** The other side's IP address. */
  readonly address: string;
  /** Queues one frame; without effect once the link closes. */
  readonly send: (text: string) => void;
  /** Sends what is queued and a goodbye, for at most 500 ms. */
  readonly close: () => void;
  /** Drops the connection and what is queued. */
  readonly terminate: () => void;
};

export type LinkWatch = {
  readonly frame: (text: string) => void;
  /** Called once, also after our own close. */
  readonly closed: (reason: string) => void;
};

/** Told of a link before its first frame. */
export type OnLink = (link: Link) => LinkWatch;

/** What is used of a WebSocket. */
export type Wire = {
  readonly bufferedAmount: () => number;
  readonly isOpen: () => boolean;
  readonly send: (text: string) => void;
  readonly close: (code: number) => void;
  readonly terminate: () => void;
  readonly onMessage: (listener: (text: string | null) => void) => void;
  readonly onError: (listener: (error: Error) => void) => void;
  readonly onClose: (listener: (code: number) => void) => void;
};

/** How long a closing connection may take to say what is queued. */
export const flushMs = 500;
const queueBytes = 1024 * 1024;
/** More than any launcher says, and more than gathers while one of us was stopped for a minute. */
const framesPerSecond = 1_000;
// RFC 6455 7.4.1: normal, unsupported data, policy.
const goodbye = { normal: 1000, binary: 1003, policy: 1008 } as const;

let lastId = 0;

/** Returns a link over an open connection; with `firstFrameMs` it is closed if nothing is said for so long at first. */
export function makeLink(wire: Wire, socket: Socket, onLink: OnLink, firstFrameMs: number | null): Link {
  const ending = openEnding(wire);
  const link: Link = {
    id: (lastId += 1),
    address: plainAddress(socket.remoteAddress),
    send: (text) => send(wire, ending, text),
    close: () => ending.close('closed by us', goodbye.normal),
    terminate: () => ending.drop('closed by us'),
  };
  const watch = onLink(link);
  const silence = firstFrameMs === null ? undefined : closeIfSilent(ending, firstFrameMs);
  listenTo(wire, ending, watch, silence);
  socket.on('error', (error) => ending.note(connectReason(error)));
  // A peer that has hung up gets no more than the usual time to take what is queued.
  const hungUp = (): NodeJS.Timeout => setTimeout(wire.terminate, flushMs).unref();
  socket.once('end', hungUp);
  wire.onClose((code) => {
    clearTimeout(silence);
    watch.closed(ending.reason() ?? closeReason(code));
  });
  return link;
}

/** How a link ends: the first reason stands, what follows is its consequence. */
type Ending = {
  readonly reason: () => string | null;
  readonly note: (why: string) => void;
  readonly close: (why: string, code: number) => void;
  readonly drop: (why: string) => void;
};

function openEnding(wire: Wire): Ending {
  let reason: string | null = null;
  const note = (why: string): void => {
    reason ??= why;
  };
  return {
    reason: () => reason,
    note,
    close: (why, code) => {
      note(why);
      wire.close(code);
    },
    drop: (why) => {
      note(why);
      wire.terminate();
    },
  };
}

function send(wire: Wire, ending: Ending, text: string): void {
  if (!wire.isOpen()) return;
  wire.send(text);
  if (wire.bufferedAmount() > queueBytes) ending.drop('does not read: more than 1 MiB waits to be sent');
}

const closeIfSilent = (ending: Ending, afterMs: number): NodeJS.Timeout =>
  setTimeout(() => ending.close(`said nothing for ${afterMs} ms`, goodbye.policy), afterMs);

function listenTo(wire: Wire, ending: Ending, watch: LinkWatch, silence: NodeJS.Timeout | undefined): void {
  const tooMany = countFrames();
  wire.onMessage((text) => {
    clearTimeout(silence);
    if (ending.reason() !== null) return;
    if (text === null) ending.close('sent a binary frame', goodbye.binary);
    else if (tooMany()) ending.close(`sent more than ${framesPerSecond} frames in a second`, goodbye.policy);
    else watch.frame(text);
  });
  wire.onError((error) => ending.note(`broke the protocol (${error.message.slice(0, 100)})`));
}

function countFrames(): () => boolean {
  let since = performance.now();
  let frames = 0;
  return () => {
    const now = performance.now();
    if (now - since > 1_000) [since, frames] = [now, 0];
    frames += 1;
    return frames > framesPerSecond;
  };
}

/** Returns an address of a socket as a person writes it: an IPv4 address that came in over IPv6 is an IPv4 address. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d)/i, '');

// RFC 6455 7.4.1: 1005 and 1006 stand for a goodbye without a code and for none at all.
function closeReason(code: number): string {
  if (code === 1006) return 'ended without a goodbye';
  return code === 1005 || code === goodbye.normal ? 'closed by the other side' : `closed by the other side (${code})`;
}
