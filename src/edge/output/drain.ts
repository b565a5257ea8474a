import { setTimeout } from 'node:timers/promises';

import { outletOf } from './outlet.ts';
import type { Relay } from './relay.ts';

// The end of output: what the child has written comes out, and nobody who holds its pipes open can keep us here.

const heirsMs = 500;
const slowReaderMs = 2_000;

/**
 * Waits after a child's end for the rest of its output, then cuts the relays: heirs of its pipes get 500 ms, a slow reader of ours 2 s.
 * Resolves with 'cut' where something may be missing.
 */
export async function drainOutput(relays: readonly Relay[]): Promise<'ended' | 'cut'> {
  const ended = Promise.all(relays.map((relay) => relay.ended)).then(() => 'ended' as const);
  if ((await within(ended, heirsMs)) === 'ended') return 'ended';
  if (relays.some((relay) => relay.isHeld()) && (await within(ended, slowReaderMs - heirsMs)) === 'ended')
    return 'ended';
  for (const relay of relays) relay.cut();
  return 'cut';
}

/** Waits until all that we wrote is out, at most 2 s; false where a reader that stands still holds it, which then has to be given up. */
export async function flushOutput(limitMs = slowReaderMs): Promise<boolean> {
  const flushed = await Promise.all([outletOf('stdout').flush(limitMs), outletOf('stderr').flush(limitMs)]);
  return flushed.every(Boolean);
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T | 'late'> {
  const timer = new AbortController();
  const late = setTimeout(limitMs, 'late' as const, { signal: timer.signal }).catch(() => 'late' as const);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
