// Signals from the first line of bin/ on: kept until somebody listens, then handed over in the order in which they came.
// The handlers stand from the start, so nothing has its default effect unless `endOnSignal` gives it back.

export type ReceivedSignal = { readonly name: NodeJS.Signals; readonly atMs: number };

/** Made by bin/vllm-launch.js; `pending` is bounded there. */
export type SignalQueue = {
  readonly pending: ReceivedSignal[];
  deliver: ((signal: ReceivedSignal) => void) | null;
};

/** Gives all signals to `listener`, those that came before first; a later listener replaces an earlier one. */
export function listenToSignals(queue: SignalQueue, listener: (signal: ReceivedSignal) => void): void {
  queue.deliver = listener;
  for (const signal of queue.pending.splice(0)) listener(signal);
}

/** Lets signals end, stop or ignore this process as if nobody had listened; for stories that have started nothing. */
export function endOnSignal(queue: SignalQueue): void {
  listenToSignals(queue, ({ name }) => {
    // Without a listener Node would open its inspector on it.
    if (name === 'SIGUSR1') return;
    process.removeAllListeners(name);
    process.kill(process.pid, name);
  });
}
