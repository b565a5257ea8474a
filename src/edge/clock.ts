// The one clock of the edge. It never jumps; only differences mean something, and only within this process.

/** Returns the time of our monotonic clock, in ms since this process started. */
export const nowMs = (): number => performance.now();
