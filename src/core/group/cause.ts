// Why a group ended. The first cause wins; a death of a process beats a lost peer, and both beat collateral damage.
import { exitCodes } from '#core/errors.ts';
import type { ExitName } from '#core/errors.ts';

export type CauseKind =
  | 'process-died'
  | 'spawn-failed'
  | 'startup-timeout'
  | 'peer-lost'
  | 'collateral'
  | 'gate-timeout'
  | 'refused'
  | 'os'
  | 'asked'
  | 'stop-forced';

export type Cause = {
  readonly kind: CauseKind;
  /** The rank it happened to (peer-lost: the rank that was lost). */
  readonly rank: number | null;
  readonly host: string | null;
  /** Title of the process, as `ps` shows it. */
  readonly process: string | null;
  readonly pid: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The exit status that every launcher of the group leaves with. */
  readonly code: number;
  readonly decidedBy: 'launcher' | 'engine';
  readonly message: string;
  readonly lastLines: readonly string[];
  /** The rank that noticed. */
  readonly seenBy: number | null;
};

/** The cause so far, and until when a better one may replace it. */
export type Verdict = {
  readonly cause: Cause;
  readonly happenedMs: number;
  readonly freezeAtMs: number;
  readonly frozen: boolean;
};

const weight: Record<CauseKind, number> = {
  'stop-forced': 0,
  collateral: 1,
  'peer-lost': 2,
  asked: 3,
  'process-died': 4,
  'spawn-failed': 4,
  'startup-timeout': 4,
  'gate-timeout': 4,
  refused: 4,
  os: 4,
};

// Two reports of one death differ by how often processes are looked at; ties go to the lower rank, so all agree.
const sameInstantMs = 20;

/** Returns a verdict that starts its time to be amended now. */
export const openVerdict = (cause: Cause, happenedMs: number, nowMs: number, amendMs: number): Verdict => ({
  cause,
  happenedMs,
  freezeAtMs: nowMs + amendMs,
  frozen: false,
});

/** Returns the verdict after one more cause: replaced if the new one is better and the verdict is not frozen. */
export function amend(verdict: Verdict, cause: Cause, happenedMs: number): Verdict {
  if (verdict.frozen) return verdict;
  if (sameCause(verdict.cause, cause)) return cause.lastLines.length > 0 ? { ...verdict, cause } : verdict;
  if (!isBetter(cause, happenedMs, verdict)) return verdict;
  return { ...verdict, cause, happenedMs };
}

function isBetter(cause: Cause, happenedMs: number, than: Verdict): boolean {
  const difference = weight[cause.kind] - weight[than.cause.kind];
  if (difference !== 0) return difference > 0;
  const older = than.happenedMs - happenedMs;
  if (Math.abs(older) > sameInstantMs) return older > 0;
  return (cause.rank ?? Infinity) < (than.cause.rank ?? Infinity);
}

/** Tells whether two causes name the same thing, whatever lines were read meanwhile. */
export const sameCause = (a: Cause, b: Cause): boolean =>
  a.kind === b.kind && a.rank === b.rank && a.process === b.process && a.code === b.code && a.message === b.message;

const blank = {
  rank: null,
  host: null,
  process: null,
  pid: null,
  exitCode: null,
  signal: null,
  lastLines: [],
  seenBy: null,
} as const;

/** Returns a cause that the launcher itself decided, with the exit status of a name of the table. */
export const launcherCause = (kind: CauseKind, name: ExitName, message: string, more: Partial<Cause> = {}): Cause => ({
  ...blank,
  kind,
  code: exitCodes[name].code,
  decidedBy: 'launcher',
  message,
  ...more,
});

/** Returns a cause whose exit status is the engine's own. */
export const engineCause = (code: number, message: string, more: Partial<Cause> = {}): Cause => ({
  ...blank,
  kind: 'process-died',
  code,
  decidedBy: 'engine',
  message,
  ...more,
});
