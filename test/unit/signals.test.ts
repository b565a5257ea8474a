// The queue between bin/ and a story.
import { expect, test } from 'vitest';

import { listenToSignals } from '#commands/signals.ts';
import type { ReceivedSignal, SignalQueue } from '#commands/signals.ts';

const signal = (name: NodeJS.Signals, atMs: number): ReceivedSignal => ({ name, atMs });

test('what came before somebody listened is handed over first, in its order, once', () => {
  const queue: SignalQueue = { pending: [signal('SIGTERM', 1), signal('SIGINT', 2)], deliver: null };
  const heard: ReceivedSignal[] = [];
  listenToSignals(queue, (each) => heard.push(each));
  queue.deliver?.(signal('SIGHUP', 3));
  expect(heard).toEqual([signal('SIGTERM', 1), signal('SIGINT', 2), signal('SIGHUP', 3)]);
  expect(queue.pending).toEqual([]);
});

test('a later listener replaces an earlier one', () => {
  const queue: SignalQueue = { pending: [], deliver: null };
  const heard: string[] = [];
  listenToSignals(queue, () => heard.push('first'));
  listenToSignals(queue, () => heard.push('second'));
  queue.deliver?.(signal('SIGTERM', 1));
  expect(heard).toEqual(['second']);
});

test('a signal that comes while the old ones are handed over is not lost', () => {
  const queue: SignalQueue = { pending: [signal('SIGTERM', 1)], deliver: null };
  const heard: string[] = [];
  listenToSignals(queue, ({ name }) => {
    if (name === 'SIGTERM') queue.deliver?.(signal('SIGINT', 2));
    heard.push(name);
  });
  expect(heard.toSorted()).toEqual(['SIGINT', 'SIGTERM']);
});
