// Why a group ended. All that was reported is kept until the verdict is frozen, and the first true cause of it counts:
// what an engine or launcher did by itself beats the loss of a member that came after it, and an echo of another's death
// (collateral) counts only where nothing else is known.
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
  | 'internal'
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

/** A cause and when it happened, in ms of our clock. */
export type Candidate = { readonly cause: Cause; readonly happenedMs: number };

/** The cause so far, and until when a better one may replace it. */
export type Verdict = Candidate & {
  readonly freezeAtMs: number;
  readonly frozen: boolean;
  /** All that was reported: where the cause turns out to be an echo, the next best takes its place. */
  readonly candidates: readonly Candidate[];
  /** Whether the last lines of our own engine are still to be read. */
  readonly tail: 'awaited' | 'none';
  /** What those lines may speak of: the engine core that was there at the last look before our engine ended by itself. */
  readonly suspect: Candidate | null;
};

type Weight = 'own' | 'lost' | 'echo';

const weights: Record<CauseKind, Weight> = {
  'process-died': 'own',
  'spawn-failed': 'own',
  'startup-timeout': 'own',
  'gate-timeout': 'own',
  refused: 'own',
  os: 'own',
  internal: 'own',
  'peer-lost': 'lost',
  collateral: 'echo',
  asked: 'echo',
  'stop-forced': 'echo',
};

// What happened in one instant is seen a little earlier or later, by how often processes are looked at.
const sameInstantMs = 20;
const mostCandidates = 64;

/** Returns a verdict that starts its time to be amended now. */
export const openVerdict = (cause: Cause, happenedMs: number, nowMs: number, amendMs: number): Verdict => ({
  cause,
  happenedMs,
  freezeAtMs: nowMs + amendMs,
  frozen: false,
  candidates: [{ cause, happenedMs }],
  tail: 'none',
  suspect: null,
});

/** Returns the verdict after one more word on what happened; the same object if that changes nothing. */
export function amend(verdict: Verdict, cause: Cause, happenedMs: number): Verdict {
  if (verdict.frozen) return verdict;
  const known = verdict.candidates.find((candidate) => sameHappening(candidate.cause, cause));
  if (known === undefined) {
    if (verdict.candidates.length >= mostCandidates) return verdict;
    return choose(verdict, [...verdict.candidates, { cause, happenedMs }]);
  }
  const merged = merge(known, cause);
  if (merged === known) return verdict;
  return choose(
    verdict,
    verdict.candidates.map((candidate) => (candidate === known ? merged : candidate)),
  );
}

/** Tells whether two causes speak of one happening, whatever is known of it by now. */
export const sameHappening = (a: Cause, b: Cause): boolean =>
  a.rank === b.rank && a.process === b.process && a.pid === b.pid && a.seenBy === b.seenBy && sameKind(a, b);

const sameKind = (a: Cause, b: Cause): boolean =>
  a.kind === b.kind || (couldBeEcho.has(a.kind) && couldBeEcho.has(b.kind));

const couldBeEcho: ReadonlySet<CauseKind> = new Set(['process-died', 'collateral']);

// What is known is never forgotten again: an older word on the same thing may still be on its way.
function merge(known: Candidate, cause: Cause): Candidate {
  const turned = cause.kind === 'collateral' && known.cause.kind !== 'collateral';
  const spoke = cause.lastLines.length > 0 && known.cause.lastLines.length === 0;
  if (!turned && !spoke) return known;
  const kind = turned ? cause.kind : known.cause.kind;
  return { ...known, cause: { ...known.cause, kind, lastLines: spoke ? cause.lastLines : known.cause.lastLines } };
}

function choose(verdict: Verdict, candidates: readonly Candidate[]): Verdict {
  const own = earliest(candidates, 'own');
  const lost = earliest(candidates, 'lost');
  // A process that died after a member was lost died of that: gloo closes, NCCL aborts.
  const echoed = own !== null && lost !== null && own.happenedMs > lost.happenedMs + sameInstantMs;
  const best = (echoed ? lost : (own ?? lost)) ?? earliest(candidates, 'echo') ?? verdict;
  return { ...verdict, cause: best.cause, happenedMs: best.happenedMs, candidates };
}

function earliest(candidates: readonly Candidate[], weight: Weight): Candidate | null {
  const same = candidates.filter((candidate) => weights[candidate.cause.kind] === weight);
  return same.toSorted((a, b) => a.happenedMs - b.happenedMs || rankOf(a) - rankOf(b))[0] ?? null;
}

const rankOf = ({ cause }: Candidate): number => cause.rank ?? Infinity;

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
