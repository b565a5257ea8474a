import type { ProcessId } from '#core/supervision/effect.ts';

import { isAlive, readStat } from './proc.ts';
import { surroundings } from './surroundings.ts';

// The one place that signals. Who the process is is asked again right before; a later process with the same pid gets nothing.

export type SignalAnswer =
  | { readonly kind: 'sent' }
  /** It has ended, or the pid belongs to another process now. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };

// A stopped process gets these only when it runs on.
const wakes: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']);

/** Sends a signal to a process of ours, and SIGCONT after it where the process is stopped; returns what came of it. */
export function signalProcess(id: ProcessId, signal: string): SignalAnswer {
  const { proc, self, reaper } = surroundings();
  const { pid } = id;
  // 0 and below are groups; the others are never ours to signal.
  if (!Number.isInteger(pid) || pid <= 1 || pid === self || pid === reaper) {
    return { kind: 'refused', reason: `cannot send ${signal} to pid ${pid}: it is not a child of ours` };
  }
  const stat = proc ? readStat(pid) : null;
  if (proc && (stat === null || stat.startTicks !== id.startTicks || !isAlive(stat))) return { kind: 'gone' };
  const answer = send(pid, signal);
  if (answer.kind !== 'sent' || stat?.state !== 'T' || !wakes.has(signal)) return answer;
  return send(pid, 'SIGCONT');
}

function send(pid: number, signal: string): SignalAnswer {
  try {
    process.kill(pid, signal);
    return { kind: 'sent' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return { kind: 'gone' };
    return { kind: 'refused', reason: `cannot send ${signal} to pid ${pid}: ${code ?? message}` };
  }
}
