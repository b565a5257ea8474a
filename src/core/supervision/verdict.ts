// The verdict of one launcher: opened by the first cause, amended while it is open, frozen by the leader for all that hear it.
import type { Candidate, Cause } from '#core/group/cause.ts';
import { amend, openVerdict, sameHappening } from '#core/group/cause.ts';
import { isRay } from '#upstream/ray/titles.ts';

import type { Effect, RayLogs } from './effect.ts';
import type { Base } from './state.ts';
import { epochOf } from './state.ts';
import { ownRayFolder } from './ray-folder.ts';
import { tellCause, toPeers } from './tell.ts';

/** Whether this launcher saw it, or another one told it. */
export type Origin = 'seen' | 'heard';

/** Returns the base with a cause judged: the first one opens the verdict, a later one may amend it. */
export function judged(base: Base, cause: Cause, happenedMs: number): Base {
  const { verdict, plan, nowMs } = base;
  if (verdict === null) return { ...base, verdict: openVerdict(cause, happenedMs, nowMs, plan.amendMs) };
  return { ...base, verdict: amend(verdict, cause, happenedMs) };
}

/** Returns what the others are told after a cause was judged: by a worker what it saw itself, by the leader each change. */
export function tellJudged(before: Base, after: Base, cause: Cause, origin: Origin): Effect[] {
  const { verdict, self } = after;
  if (verdict === null || before.verdict === verdict) return [];
  if (self.rank === 0) return before.verdict?.cause === verdict.cause ? [] : tellCause(after, verdict);
  if (origin === 'heard') return [];
  const said = verdict.candidates.find((candidate) => sameHappening(candidate.cause, cause));
  return tellCause(after, said ?? verdict);
}

/** Tells whether a cause is what happened to our own engine, as we saw it. */
export const isOurs = ({ self }: Base, cause: Cause): boolean =>
  cause.seenBy === self.rank && cause.kind !== 'peer-lost';

/** Returns the base that waits for the last lines of our engine's output, and the effect that reads them. */
export const askTail = (
  base: Base,
  suspect: Candidate | null = null,
): { readonly base: Base; readonly effects: readonly Effect[] } => ({
  base: base.verdict === null ? base : { ...base, verdict: { ...base.verdict, tail: 'awaited', suspect } },
  effects: [{ kind: 'readTail', epoch: epochOf(base), ray: rayLogsOf(base) }],
});

// Ray's logs tell of Ray's own deaths; beside any other cause they would only take the room of the engine's last words.
function rayLogsOf(base: Base): RayLogs | null {
  const { process = null, pid = null } = base.verdict?.cause ?? {};
  const folder = ownRayFolder(base);
  return folder === null || process === null || !isRay(process) ? null : { folder, pid };
}

/** Returns until when the verdict is waited for: a leader that cannot be heard any more is lost by then. */
export const verdictUntilMs = ({ verdict, nowMs, plan, self }: Base): number =>
  (verdict?.freezeAtMs ?? nowMs) + (self.rank === 0 ? 0 : plan.document.deadlines.peer);

/** Returns the base with the cause frozen, and at the leader what tells all members. */
export function freeze(base: Base): { readonly base: Base; readonly effects: readonly Effect[] } {
  const { verdict } = base;
  if (verdict === null || verdict.frozen) return { base, effects: [] };
  const frozen = { ...base, verdict: { ...verdict, frozen: true } };
  return {
    base: frozen,
    effects: base.self.rank === 0 ? toPeers(base, { kind: 'verdict', cause: verdict.cause }) : [],
  };
}

/** Returns the base with the cause frozen if its time is over; a worker waits for the leader's word as long as it has one. */
export function freezeIfDue(base: Base): { readonly base: Base; readonly effects: readonly Effect[] } {
  const { verdict, self, group, nowMs } = base;
  const decides = self.rank === 0 || group.peers.length === 0;
  return verdict !== null && decides && nowMs >= verdict.freezeAtMs ? freeze(base) : { base, effects: [] };
}
