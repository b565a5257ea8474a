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

type Registry = { readonly open: Map<number, Link>; readonly whenEmpty: Set<() => void> };

/** Returns the links of a launcher; ws is loaded with the first listener or dial. `warn` hears of what ends nothing: strangers. */
export function openLinks(self: Self, push: (event: Occurrence) => void, warn: (message: string) => void): Links {
  const registry: Registry = { open: new Map(), whenEmpty: new Set() };
  const watch = (by: 'them' | 'us') => (link: Link) => adopt(registry, push, link, by);
  let listener: Listener | null = null;
  let seq = 0;
  return {
    listen: async (port) => {
      const { openListener } = await import('./group/socket.ts');
      const opened = await openListener({ port, size: self.size, onLink: watch('them'), onTrouble: warn });
      if (opened.ok) listener = opened.listener;
      push(opened.ok ? { kind: 'listenerOpened' } : { kind: 'listenerFailed', reason: opened.reason });
    },
    closeListener: () => listener?.close(),
    dial: async (host, port) => {
      const { openLink } = await import('./group/socket.ts');
      const opened = await openLink({ host, port, timeoutMs: dialTimeoutMs, onLink: watch('us') });
      if (!opened.ok) push({ kind: 'linkFailed', reason: opened.reason });
    },
    send: (link, epoch, body) => {
      seq += 1;
      const { group, incarnation } = self;
      const frame = { protocol: protocolVersion, group, incarnation, epoch, seq, body };
      registry.open.get(link)?.send(writeFrame(frame));
    },
    close: (link) => registry.open.get(link)?.close(),
    closeAll: () => {
      listener?.close();
      return closeAll(registry);
    },
  };
}

function adopt(
  { open, whenEmpty }: Registry,
  push: (event: Occurrence) => void,
  link: Link,
  by: 'them' | 'us',
): LinkWatch {
  open.set(link.id, link);
  push({ kind: 'linkOpened', link: link.id, address: link.address, by });
  return {
    frame: (text) => {
      const read = readFrame(text);
      if (read.ok) push({ kind: 'frameReceived', link: link.id, frame: read.frame });
      else push({ kind: 'frameRejected', link: link.id, reason: read.reason });
    },
    closed: (reason) => {
      open.delete(link.id);
      push({ kind: 'linkClosed', link: link.id, reason });
      if (open.size === 0) for (const wake of whenEmpty) wake();
    },
  };
}

function closeAll({ open, whenEmpty }: Registry): Promise<void> {
  if (open.size === 0) return Promise.resolve();
  for (const link of open.values()) link.close();
  return new Promise((resolve) => whenEmpty.add(resolve));
}
