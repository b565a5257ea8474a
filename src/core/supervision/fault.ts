// Something died, failed or is lost: the stop begins at once, the cause may be amended until it is frozen. What we saw
// ourselves is told to the others; what we heard is told on by the leader only, and only where it changes the cause.
import type { Cause } from '#core/group/cause.ts';

import type { Effect } from './effect.ts';
import { quickEveryMs } from './scan.ts';
import type { Base, Engine, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { enterSweeping } from './sweep.ts';
import { sayCause } from './tell.ts';
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
  const asked = ours && hasOutput(state) ? askTail(opened) : { base: opened, effects: [] };
  const { base } = asked;
  const first = state.engine.end === null ? stopNow({ ...state, base }) : sweepNow({ ...state, base });
  const words = [...tellJudged(state.base, base, cause, origin), sayCause(base, cause), ...asked.effects];
  return { state: first.state, effects: [...first.effects, ...words] };
}

const sweepNow = ({ base, engine }: Running): Step =>
  enterSweeping({ base, engine, mode: 'fault', killAtMs: faultKillAtMs(base) }, 'gone');

function stopNow({ base, engine }: Running): Step {
  const next: StateOf<'stopping'> = {
    phase: 'stopping',
    base,
    engine,
    mode: 'fault',
    againAtMs: againAtMs(base),
    judgesUntilMs: base.nowMs + unmovedMs,
    drainAtMs: Infinity,
    killAtMs: faultKillAtMs(base),
  };
  return stay(next, ...terminate(next));
}

/** Returns when the tree is killed after a fault. */
export const faultKillAtMs = ({ nowMs, plan }: Base): number =>
  nowMs + Math.min(plan.document.deadlines.grace, faultGraceMs);

// vLLM 0.31 loses the first SIGTERM between the spawn of EngineCore and ready (seen five times of five); a second one ends it.
const repeatAfterMs = 3_000;

/** Returns when SIGTERM is to be sent once more, in ms of our clock; Infinity for an engine that was ready. */
export const againAtMs = ({ nowMs, plan, history }: Base): number =>
  plan.exits !== 'engine' || history.some((entry) => entry.phase === 'ready') ? Infinity : nowMs + repeatAfterMs;

/** Returns the SIGTERM to the engine's top process, if there is one that lives. */
export const terminate = ({ engine }: Running): Effect[] =>
  engine.process === null || engine.end !== null
    ? []
    : [{ kind: 'signalProcess', process: engine.process, signal: 'SIGTERM' }];

const hasOutput = ({ base, engine }: Running): boolean => engine.process !== null && base.plan.exits !== 'passthrough';
