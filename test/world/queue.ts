// What is to happen in a simulated world, in the order of its virtual time; what is due at one instant keeps its order.
export type Queue = {
  readonly nowMs: () => number;
  readonly at: (atMs: number, run: () => void) => void;
  readonly after: (delayMs: number, run: () => void) => void;
  /** Runs what is due until then; false once nothing is left. */
  readonly runUntil: (untilMs: number, isOver: () => boolean) => void;
};

type Entry = { readonly atMs: number; readonly order: number; readonly run: () => void };

const isBefore = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

export function openQueue(): Queue {
  const heap: Entry[] = [];
  let order = 0;
  let now = 0;
  const at = (atMs: number, run: () => void) => {
    order += 1;
    push(heap, { atMs: Math.max(atMs, now), order, run });
  };
  const runUntil = (untilMs: number, isOver: () => boolean) => {
    for (let first = heap[0]; first !== undefined && first.atMs <= untilMs && !isOver(); first = heap[0]) {
      pop(heap);
      now = first.atMs;
      first.run();
    }
    if (!isOver()) now = Math.max(now, untilMs);
  };
  return { nowMs: () => now, at, after: (delayMs, run) => at(now + delayMs, run), runUntil };
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Entry;
    if (!isBefore(entry, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
    if (!isBefore(heap[child] as Entry, last)) break;
    heap[index] = heap[child] as Entry;
    index = child;
  }
  heap[index] = last;
}
