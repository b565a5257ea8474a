// Did this process die of itself, or did it only notice another's death? Its own last lines tell.
import { speakerOf } from '#upstream/vllm/speaker.ts';
import { classifyLine } from '#upstream/vllm/log-lines.ts';

import type { Cause } from './cause.ts';

/** Tells whether the first telling line that the dead process wrote itself speaks of a lost peer; one killed wrote none. */
export function isEcho(cause: Cause, lines: readonly string[]): boolean {
  if (cause.kind !== 'process-died' || cause.pid === null) return false;
  const own = lines.filter((line) => speakerOf(line) === cause.pid);
  return own.map(classifyLine).find((meaning) => meaning !== null)?.kind === 'collateral';
}
