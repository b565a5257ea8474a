// The one clock of the edge. It never jumps; only differences mean something, and only within this process.

// Not performance.now(): its first use loads nine modules of Node, 2 ms before the child of `exec` could start.
const origin = process.hrtime.bigint();

/** Returns the time of our monotonic clock, in ms since it was first needed. */
export const nowMs = (): number => Number(process.hrtime.bigint() - origin) / 1e6;
