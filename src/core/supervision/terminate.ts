// SIGTERM, to the top processes only: whoever it is sent to ends its own. Ray's head goes last: agents and engine need it.
import { allEnded, livingOf, mainOf } from './children.ts';
import type { Effect } from './effect.ts';
import type { Base, Engine, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { enterSweeping } from './sweep.ts';
import { drained } from './tell.ts';

// vLLM 0.31 loses the first SIGTERM between the spawn of EngineCore and ready (seen five times of five); a second one ends it.
const repeatAfterMs = 3_000;
// Ray's agents leave with their launchers; the head waits so long for them.
const agentsMs = 5_000;

/** Returns when SIGTERM is to be sent once more, in ms of our clock; Infinity for an engine that was ready. */
export const againAtMs = ({ nowMs, plan, history }: Base): number =>
  plan.exits !== 'engine' || history.some((entry) => entry.phase === 'ready') ? Infinity : nowMs + repeatAfterMs;

/** Returns SIGTERM to each top process that lives. */
export const terminate = (engine: Engine): Effect[] =>
  livingOf(engine).map(({ process }): Effect => ({ kind: 'signalProcess', process, signal: 'SIGTERM' }));

/** Returns SIGTERM to the engine or agent. */
export function terminateMain(engine: Engine): Effect[] {
  const main = mainOf(engine);
  return main === null ? [] : [{ kind: 'signalProcess', process: main.process, signal: 'SIGTERM' }];
}

/** Returns SIGTERM to Ray's head. */
export const terminateHead = (engine: Engine): Effect[] =>
  livingOf(engine)
    .filter(({ name }) => name === 'ray-head')
    .map(({ process }): Effect => ({ kind: 'signalProcess', process, signal: 'SIGTERM' }));

/** Returns SIGTERM to Ray's head where it was not told yet, because it waits for its agents or for the engine. */
export const terminateWaiting = ({ engine, restAtMs: atMs }: StateOf<'stopping'>): Effect[] =>
  atMs === Infinity && isHeadAlone(engine) ? [] : terminateHead(engine);

/** Returns when the head is to be told, in ms of our clock; Infinity as long as anything else runs or may come. */
export const restAtMs = ({ nowMs }: Base, engine: Engine): number =>
  isHeadAlone(engine) ? nowMs + agentsMs : Infinity;

/** Tells whether the head is all that is left to end. */
const isHeadAlone = ({ children }: Engine): boolean =>
  children.every(({ name, end }) => (name === 'ray-head') === (end === null));

/** Returns the step that tells what runs here to stop, as was asked for. */
export function terminateEngine(state: StateOf<'draining'>): Step {
  const { base, engine, killAtMs } = state;
  if (allEnded(engine)) return enterSweeping({ base, engine, mode: 'asked', killAtMs });
  const alone = isHeadAlone(engine);
  const drainAtMs = (base.asked?.atMs ?? base.nowMs) + base.plan.document.deadlines.drain;
  const waits = alone && killAtMs > base.nowMs;
  const next: State = {
    phase: 'stopping',
    base,
    engine,
    mode: 'asked',
    againAtMs: againAtMs(base),
    judgesUntilMs: -Infinity,
    drainAtMs: alone ? Infinity : drainAtMs,
    restAtMs: waits ? restAtMs(base, engine) : Infinity,
    killAtMs,
  };
  const told = alone && !waits ? terminateHead(engine) : terminateMain(engine);
  return stay(next, ...told, ...(alone ? drained(base) : []));
}
