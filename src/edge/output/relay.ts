import type { Readable } from 'node:stream';

import { outletOf, type Outlet } from './outlet.ts';
import type { Prefix } from './prefix.ts';
import type { Tail } from './tail.ts';

// A child's output passes through us: raw, in order, as fast as its reader takes it. A reader that goes away does not end the child: its
// output then goes nowhere, and the tail still gets it.

export type Relay = {
  /** Resolves when the child's stream has ended or was cut. */
  readonly ended: Promise<void>;
  /** Tells whether a slow reader holds the rest back. */
  readonly isHeld: () => boolean;
  /** Ends the relay; what the child or its heirs still write is lost to them. */
  readonly cut: () => void;
};

export type RelayOptions = {
  readonly prefix?: Prefix;
  /** Called once when our own reader has gone away. */
  readonly onReaderGone?: (reason: string) => void;
  /** Where to write; our own stdout or stderr by default. */
  readonly outlet?: Outlet;
};

/** Passes a child's stream on to ours and into the tail; returns the relay. Errors of either end stop nothing else. */
export function relay(from: Readable, to: 'stdout' | 'stderr', tail: Tail, options: RelayOptions = {}): Relay {
  const { prefix, onReaderGone, outlet = outletOf(to) } = options;
  let held = false;
  const pass = (chunk: Uint8Array | null) => {
    if (chunk === null || outlet.relay(chunk) || held) return;
    held = true;
    from.pause();
    outlet.whenDrained(() => {
      held = false;
      from.resume();
    });
  };
  if (onReaderGone !== undefined) outlet.onGone(onReaderGone);
  const ended = new Promise<void>((resolve) => {
    from.once('end', () => pass(prefix?.end() ?? null));
    from.once('close', () => resolve());
  });
  from.on('data', (chunk: Buffer) => {
    tail.push(chunk, to);
    pass(prefix === undefined ? chunk : prefix.push(chunk));
  });
  from.on('error', () => undefined); // 'close' follows: there is nothing more to read
  return { ended, isHeld: () => held, cut: () => void from.destroy() };
}
