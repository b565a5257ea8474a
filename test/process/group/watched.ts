// Links whose events can be awaited, and a listener that is closed after the test.
import { onTestFinished } from 'vitest';

import type { Link, OnLink } from '#edge/group/link.ts';
import { openLink, openListener } from '#edge/group/socket.ts';

export type Watched = {
  readonly link: Link;
  readonly frames: string[];
  readonly closed: Promise<string>;
  /** Resolves when so many frames were received. */
  readonly received: (count: number) => Promise<string[]>;
};

/** Returns an `onLink` and the next link that it is told of, in order. */
export function watchLinks(): {
  readonly onLink: OnLink;
  readonly next: () => Promise<Watched>;
  readonly count: () => number;
} {
  const ready: Watched[] = [];
  const waiting: ((watched: Watched) => void)[] = [];
  let links = 0;
  const onLink: OnLink = (link) => {
    links += 1;
    const frames: string[] = [];
    const wakes: (() => void)[] = [];
    let close: (reason: string) => void = () => undefined;
    const closed = new Promise<string>((resolve) => (close = resolve));
    const received = async (count: number): Promise<string[]> => {
      while (frames.length < count) await new Promise<void>((resolve) => wakes.push(resolve));
      return frames;
    };
    const watched = { link, frames, closed, received };
    const taker = waiting.shift();
    if (taker === undefined) ready.push(watched);
    else taker(watched);
    return {
      frame: (text) => {
        frames.push(text);
        for (const wake of wakes.splice(0)) wake();
      },
      closed: close,
    };
  };
  const next = (): Promise<Watched> => {
    const first = ready.shift();
    return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
  };
  return { onLink, next, count: () => links };
}

export async function listening(size = 2) {
  const links = watchLinks();
  const opened = await openListener({ port: 0, host: '127.0.0.1', size, onLink: links.onLink });
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.listener.close());
  return { ...links, listener: opened.listener, port: opened.listener.port };
}

/** Returns both ends of one new link to a listener. */
export async function linked(to: Awaited<ReturnType<typeof listening>>): Promise<{ ours: Watched; theirs: Watched }> {
  const links = watchLinks();
  const opened = await openLink({ host: '127.0.0.1', port: to.port, timeoutMs: 2_000, onLink: links.onLink });
  if (!opened.ok) throw new Error(opened.reason);
  onTestFinished(() => opened.link.terminate());
  return { ours: await links.next(), theirs: await to.next() };
}
