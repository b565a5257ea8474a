// SIGTERM, to the top processes only: whoever it is sent to ends its own. Ray's head goes last: agents and engine need it.
import { allEnded, livingOf, mainOf } from './children.ts';
import type { Effect } from './effect.ts';
import type { Base, Engine, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { enterSweeping } from './sweep.ts';

// vLLM 0.31 loses the first SIGTERM between the spawn of EngineCore and ready (seen five times of five); a second one ends it.
const repeatAfterMs = 3_000;

/** Returns when SIGTERM is to be sent once more, in ms of our clock; Infinity for an engine that was ready. */
export const againAtMs = ({ nowMs, plan, history }: Base): number =>
  plan.exits !== 'engine' || history.some((entry) => entry.phase === 'ready') ? Infinity : nowMs + repeatAfterMs;

/** Returns SIGTERM to each top process that lives. */
export const terminate = (engine: Engine): Effect[] =>
  livingOf(engine).map(({ process }): Effect => ({ kind: 'signalProcess', process, signal: 'SIGTERM' }));

/** Returns SIGTERM to the engine or agent; to the head only where nothing else runs any more. */
export function terminateMain(engine: Engine): Effect[] {
  const main = mainOf(engine);
  return main === null ? terminate(engine) : [{ kind: 'signalProcess', process: main.process, signal: 'SIGTERM' }];
}

/** Returns the step that tells what runs here to stop, as was asked for. */
export function terminateEngine(state: StateOf<'draining'>): Step {
  const { base, engine, killAtMs } = state;
  if (allEnded(engine)) return enterSweeping({ base, engine, mode: 'asked', killAtMs }, 'gone');
  const drainAtMs = (base.asked?.atMs ?? base.nowMs) + base.plan.document.deadlines.drain;
  const next: State = {
    phase: 'stopping',
    base,
    engine,
    mode: 'asked',
    againAtMs: againAtMs(base),
    judgesUntilMs: -Infinity,
    drainAtMs,
    restAtMs: Infinity,
    killAtMs,
  };
  return stay(next, ...terminateMain(engine));
}
