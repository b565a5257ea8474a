// The links between nodes: each direction has its delay and may be cut. What is sent into a cut is held as TCP holds it,
// and comes in order once the cut is healed. Who sends without being answered for some seconds sends nothing any more.
import type { Frame } from '#core/group/message.ts';

import type { Queue } from './queue.ts';

/** What a link tells its owner. */
export type Port = {
  readonly frame: (link: number, frame: Frame) => void;
  readonly closed: (link: number, reason: string) => void;
};

type End = { readonly rank: number; readonly link: number; readonly port: Port; open: boolean };
type Item = { readonly kind: 'frame'; readonly frame: Frame } | { readonly kind: 'close' };
type Line = { readonly to: End; readonly held: Item[]; lastMs: number };
type Connection = { readonly lines: readonly [Line, Line] };

export type Network = {
  /** Makes a connection between two ends; returns nothing, both know their numbers. */
  readonly connect: (a: Omit<End, 'open'>, b: Omit<End, 'open'>) => void;
  readonly send: (link: number, frame: Frame) => void;
  readonly close: (link: number) => void;
  readonly isCut: (from: number, to: number) => boolean;
  /** Since when nothing goes there; null while it does. */
  readonly cutSinceMs: (from: number, to: number) => number | null;
  readonly delayMs: (from: number, to: number) => number;
  readonly cut: (from: number, to: number) => void;
  readonly heal: (from: number, to: number) => void;
  readonly newLink: () => number;
};

// Ten segments without an answer: a heartbeat each 250 ms.
const unansweredMs = 2_500;

export function openNetwork(queue: Queue, delayOf: (from: number, to: number) => number): Network {
  const sides = new Map<number, { readonly connection: Connection; readonly side: 0 | 1 }>();
  const cuts = new Map<string, number>();
  let links = 0;
  const isCut = (from: number, to: number) => cuts.has(`${from}>${to}`);
  const isStuck = (from: number, to: number) => {
    const sinceMs = cuts.get(`${to}>${from}`);
    return isCut(from, to) || (sinceMs !== undefined && queue.nowMs() >= sinceMs + unansweredMs);
  };

  const transmit = (connection: Connection, side: 0 | 1, item: Item) => {
    const line = connection.lines[side];
    const from = connection.lines[side === 0 ? 1 : 0].to;
    if (line.held.length > 0 || isStuck(from.rank, line.to.rank)) return void line.held.push(item);
    line.lastMs = Math.max(line.lastMs, queue.nowMs() + delayOf(from.rank, line.to.rank));
    queue.at(line.lastMs, () => {
      if (isCut(from.rank, line.to.rank) || line.held.length > 0) line.held.push(item);
      else arrive(line.to, item);
    });
  };
  const arrive = (end: End, item: Item) => {
    if (!end.open) return;
    if (item.kind === 'frame') return end.port.frame(end.link, item.frame);
    end.open = false;
    end.port.closed(end.link, 'closed by the other side');
  };
  const heal = (from: number, to: number) => {
    cuts.delete(`${from}>${to}`);
    for (const { connection, side } of sides.values()) {
      const line = connection.lines[side];
      const sender = connection.lines[side === 0 ? 1 : 0].to;
      if (isStuck(sender.rank, line.to.rank)) continue;
      const held = line.held.splice(0);
      for (const item of held) transmit(connection, side, item);
    }
  };
  return {
    connect: (a, b) => {
      const lines: readonly [Line, Line] = [
        { to: { ...b, open: true }, held: [], lastMs: 0 },
        { to: { ...a, open: true }, held: [], lastMs: 0 },
      ];
      sides.set(a.link, { connection: { lines }, side: 0 });
      sides.set(b.link, { connection: { lines }, side: 1 });
    },
    send: (link, frame) => {
      const place = sides.get(link);
      if (place === undefined) return;
      const own = place.connection.lines[place.side === 0 ? 1 : 0].to;
      if (own.open) transmit(place.connection, place.side, { kind: 'frame', frame });
    },
    close: (link) => {
      const place = sides.get(link);
      if (place === undefined) return;
      const own = place.connection.lines[place.side === 0 ? 1 : 0].to;
      if (!own.open) return;
      own.open = false;
      transmit(place.connection, place.side, { kind: 'close' });
    },
    isCut,
    cutSinceMs: (from, to) => cuts.get(`${from}>${to}`) ?? null,
    delayMs: delayOf,
    cut: (from, to) => void cuts.set(`${from}>${to}`, queue.nowMs()),
    heal,
    newLink: () => {
      links += 1;
      return links;
    },
  };
}
