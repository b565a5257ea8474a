// Causes: what an exit, a vanished process or a lost member means, as one sentence and one exit status.
import type { Candidate, Cause } from '#core/group/cause.ts';
import { engineCause, launcherCause } from '#core/group/cause.ts';
import type { News } from '#core/group/group.ts';
import type { ProcessName } from '#core/plan/plan.ts';
import { signalNumber } from '#upstream/signals.ts';

import type { EventOf } from './event.ts';
import type { LedgerEntry } from './ledger.ts';

import type { Base, ChildEnd, Engine } from './state.ts';

const namesSaid = 3;

/** Returns the exit status of an ended process: its own code, or 128 + the signal's number. */
export const statusOf = (end: ChildEnd): number =>
  end.signal === null ? (end.code ?? 0) : 128 + (signalNumber(end.signal) ?? 0);

/** Returns the cause of a top process that ended unasked. */
export function exitCause(base: Base, engine: Engine, name: ProcessName, end: ChildEnd): Cause {
  const { self, plan } = base;
  const how = end.signal === null ? `ended with ${end.code}` : `died by ${end.signal}`;
  const pid = engine.children.find((child) => child.name === name)?.process?.pid ?? null;
  const title = engine.ledger.find((entry) => entry.top && entry.pid === pid)?.title ?? name;
  const message = `rank ${self.rank} (${self.host}): ${shorten(title)} ${how}`;
  const more = {
    rank: self.rank,
    host: self.host,
    process: title,
    pid,
    exitCode: end.code,
    signal: end.signal,
    seenBy: self.rank,
  };
  const status = statusOf(end);
  if (status !== 0 || plan.exits !== 'engine') return engineCause(status, message, more);
  // vLLM exits 0 when its engine dies (vllm.md 3.2): nobody asked, so it is a failure.
  return launcherCause('process-died', 'engine-ended', `${message} and nobody asked it to`, more);
}

/** Returns the cause of an engine's own process that is gone while its top process lives; `beside` went within the same look. */
export function engineDied({ self }: Base, died: LedgerEntry, beside: readonly LedgerEntry[] = []): Cause {
  const names = [died, ...beside].slice(0, namesSaid).map(({ title, pid }) => `${title} (pid ${pid})`);
  const message = `rank ${self.rank} (${self.host}): ${names.join(' and ')} died`;
  const more = { rank: self.rank, host: self.host, process: died.title, pid: died.pid, seenBy: self.rank };
  return launcherCause('process-died', 'engine-ended', message, more);
}

/** Returns the cause of a command that could not be started. */
export function spawnCause({ self }: Base, event: EventOf<'spawnFailed'>): Cause {
  const more = { rank: self.rank, host: self.host, seenBy: self.rank };
  return launcherCause('spawn-failed', event.why, `rank ${self.rank} (${self.host}): ${event.reason}`, more);
}

/** Returns the loss of a member and when it happened: silence began when it was last heard. */
export function lossOf(base: Base, gone: Extract<News, { kind: 'gone' }>): Candidate {
  const silent = gone.how === 'unreachable' || gone.how === 'wedged';
  return { cause: lossCause(base, gone), happenedMs: base.nowMs - (silent ? gone.silentMs : 0) };
}

/** Returns the cause of a member that vanished without a word. */
function lossCause({ self }: Base, gone: Extract<News, { kind: 'gone' }>): Cause {
  const how = {
    closed: 'its launcher closed the connection without a word',
    refused: 'its launcher is gone (connection refused)',
    unreachable: `it cannot be reached (silent for ${(gone.silentMs / 1000).toFixed(1)} s)`,
    wedged: `it is reachable but silent for ${(gone.silentMs / 1000).toFixed(1)} s`,
    left: `its launcher left with ${gone.code ?? 'no code'}`,
  }[gone.how];
  const message = `rank ${gone.rank} (${gone.host}) is lost: ${how}`;
  return launcherCause('peer-lost', 'peer-lost', message, { rank: gone.rank, host: gone.host, seenBy: self.rank });
}

const shorten = (title: string): string => (title.length > 80 ? `${title.slice(0, 77)}...` : title);
