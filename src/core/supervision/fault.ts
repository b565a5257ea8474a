// Something died, failed or is lost: the stop begins at once, the cause may be amended until it is frozen. What we saw
// ourselves is told to the others; what we heard is told on by the leader only, and only where it changes the cause.
import type { Candidate, Cause } from '#core/group/cause.ts';
import { isCoreTitle } from '#upstream/vllm/titles.ts';

import { allEnded } from './children.ts';
import { engineDied } from './ending.ts';
import { quickEveryMs } from './scan.ts';
import type { Base, Engine, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { enterSweeping } from './sweep.ts';
import { sayCause } from './tell.ts';
import { againAtMs, terminate } from './terminate.ts';
import type { Origin } from './verdict.ts';
import { askTail, isOurs, judged, tellJudged, verdictUntilMs } from './verdict.ts';

// After a fault nobody drains: the engine gets this long (or the grace time, if shorter) before the tree is killed.
const faultGraceMs = 10_000;
// What we heard of may be an echo of a death here that was not seen yet. One more look comes before SIGTERM can have worked.
const unmovedMs = quickEveryMs + 20;

type Running = { readonly base: Base; readonly engine: Engine };

/** Returns the step of a fault before anything was started: there is nothing to stop. */
export function endWith(before: Base, cause: Cause, origin: Origin, happenedMs = before.nowMs): Step {
  const base = judged(before, cause, happenedMs);
  const group = { ...base.group, admitting: false };
  const untilMs = verdictUntilMs(base);
  const state: State = { phase: 'settling', base: { ...base, group }, mode: 'fault', code: cause.code, untilMs };
  return stay(state, ...tellJudged(before, base, cause, origin), sayCause(base, cause));
}

/** Returns the step of a fault while the engine runs: SIGTERM at once, or the sweep if its top process is gone. */
export function fault(state: Running, cause: Cause, origin: Origin, happenedMs = state.base.nowMs): Step {
  const opened = judged(state.base, cause, happenedMs);
  const ours = origin === 'seen' && isOurs(opened, cause);
  const asked = ours && hasOutput(state) ? askTail(opened, coreOf(state, cause)) : { base: opened, effects: [] };
  const { base } = asked;
  const first = allEnded(state.engine) ? sweepNow({ ...state, base }) : stopNow({ ...state, base });
  const words = [...tellJudged(state.base, base, cause, origin), sayCause(base, cause), ...asked.effects];
  return { state: first.state, effects: [...first.effects, ...words] };
}

const sweepNow = ({ base, engine }: Running): Step =>
  enterSweeping({ base, engine, mode: 'fault', killAtMs: faultKillAtMs(base) });

function stopNow({ base, engine }: Running): Step {
  const next: StateOf<'stopping'> = {
    phase: 'stopping',
    base,
    engine,
    mode: 'fault',
    againAtMs: againAtMs(base),
    judgesUntilMs: base.nowMs + unmovedMs,
    drainAtMs: Infinity,
    restAtMs: Infinity,
    killAtMs: faultKillAtMs(base),
  };
  return stay(next, ...terminate(next.engine));
}

/** Returns when the tree is killed after a fault. */
export const faultKillAtMs = ({ nowMs, plan }: Base): number =>
  nowMs + Math.min(plan.document.deadlines.grace, faultGraceMs);

// Dynamo leaves at once when its engine core dies, maybe before our next look. Its last lines tell; without them it ended by itself.
function coreOf({ base, engine }: Running, cause: Cause): Candidate | null {
  const [core, ...others] = engine.ledger.filter((entry) => isCoreTitle(entry.title));
  if (core === undefined || others.length > 0 || cause.exitCode === null || cause.pid === core.pid) return null;
  return { cause: engineDied(base, core), happenedMs: base.nowMs - 1 };
}

const hasOutput = ({ base, engine }: Running): boolean =>
  base.plan.exits !== 'passthrough' && engine.children.some(({ process }) => process !== null);
