// The open links of this launcher by number: frames get their envelope here, and text becomes events.
import { readFrame } from '#core/group/schema.ts';
import type { Self } from '#core/group/group.ts';
import type { Body, Epoch } from '#core/group/message.ts';
import { protocolVersion } from '#core/group/message.ts';
import { writeFrame } from '#core/group/write-frame.ts';

import type { Link, LinkWatch } from './group/link.ts';
import type { Listener } from './group/socket.ts';
import type { Occurrence } from './loop.ts';

const dialTimeoutMs = 3_000;

export type Links = {
  readonly listen: (port: number) => Promise<void>;
  readonly closeListener: () => void;
  readonly dial: (host: string, port: number) => Promise<void>;
  readonly send: (link: number, epoch: Epoch | null, body: Body) => void;
  readonly close: (link: number) => void;
  /** Says goodbye on every link, for at most half a second. */
  readonly closeAll: () => Promise<void>;
};

/** Returns the links of a launcher; ws is loaded with the first listener or dial. */
export function openLinks(self: Self, push: (event: Occurrence) => void): Links {
  const open = new Map<number, Link>();
  const waiters = new Set<() => void>();
  let listener: Listener | null = null;
  let seq = 0;

  const watch =
    (by: 'them' | 'us') =>
    (link: Link): LinkWatch => {
      open.set(link.id, link);
      push({ kind: 'linkOpened', link: link.id, address: link.address, by });
      return {
        frame: (text) => receive(link.id, text),
        closed: (reason) => {
          open.delete(link.id);
          push({ kind: 'linkClosed', link: link.id, reason });
          if (open.size === 0) for (const wake of waiters) wake();
        },
      };
    };
  const receive = (link: number, text: string) => {
    const read = readFrame(text);
    if (read.ok) push({ kind: 'frameReceived', link, frame: read.frame });
    else push({ kind: 'frameRejected', link, reason: read.reason });
  };
  const listen = async (port: number) => {
    const { openListener } = await import('./group/socket.ts');
    const opened = await openListener({ port, size: self.size, onLink: watch('them') });
    if (!opened.ok) return push({ kind: 'listenerFailed', reason: opened.reason });
    listener = opened.listener;
    push({ kind: 'listenerOpened' });
  };
  const dial = async (host: string, port: number) => {
    const { openLink } = await import('./group/socket.ts');
    const opened = await openLink({ host, port, timeoutMs: dialTimeoutMs, onLink: watch('us') });
    if (!opened.ok) push({ kind: 'linkFailed', reason: opened.reason });
  };
  const send = (link: number, epoch: Epoch | null, body: Body) => {
    seq += 1;
    const { group, incarnation } = self;
    open.get(link)?.send(writeFrame({ protocol: protocolVersion, group, incarnation, epoch, seq, body }));
  };
  const closeAll = () => {
    listener?.close();
    if (open.size === 0) return Promise.resolve();
    for (const link of open.values()) link.close();
    return new Promise<void>((resolve) => waiters.add(resolve));
  };
  return {
    listen,
    closeListener: () => listener?.close(),
    dial,
    send,
    close: (link) => open.get(link)?.close(),
    closeAll,
  };
}
