// The termination message and the final log line of a state: the same content, once for machines and once for people.
import { exitName } from '#core/errors.ts';
import type { Cause } from '#core/group/cause.ts';
import { launcherCause } from '#core/group/cause.ts';
import type { State } from '#core/supervision/state.ts';

import type { TerminationDocument } from './termination.ts';
import { terminationDocument } from './termination.ts';

/** Returns the termination message's document; `lines` are this engine's last, for a cause of our own that has none. */
export function lastWords(state: State, unixMs: number, lines: readonly string[]): TerminationDocument {
  const { base, phase } = state;
  return terminationDocument({
    phase,
    sinceMs: Math.round(unixMs + (base.history.at(-1)?.atMs ?? base.nowMs)),
    rank: base.self.rank,
    host: base.self.host,
    epoch: base.epoch,
    cause: causeOf(state, lines),
    rehearsal: base.plan.rehearsal,
  });
}

function causeOf({ base }: State, lines: readonly string[]): Cause | null {
  const cause = base.verdict?.cause ?? null;
  if (cause === null)
    return base.asked === null ? null : launcherCause('asked', 'stopped', `asked to stop by ${base.asked.by}`);
  const ours = cause.seenBy === base.self.rank && cause.kind !== 'peer-lost';
  return ours && cause.lastLines.length === 0 ? { ...cause, lastLines: lines } : cause;
}

/** Returns the last line of our log: what it ended with, and why. */
export function finalLine(document: TerminationDocument, code: number): string {
  const name = document.decidedBy === 'engine' ? null : exitName(code);
  const status = name === null ? String(code) : `${code} (${name})`;
  const by = document.decidedBy === null ? '' : `, decided by the ${document.decidedBy}`;
  return `ended with ${status}${by}: ${document.cause?.message ?? 'the command ended'}; see vllm-launch explain exit ${code}`;
}
