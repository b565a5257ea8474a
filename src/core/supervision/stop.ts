// Somebody asked us to stop: the leader drains first, the others follow; a second signal cuts it short.
import { launcherCause } from '#core/group/cause.ts';

import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import { terminate, toPeers } from './fault.ts';
import { look } from './scan.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { afterExit, drained } from './stopping-child.ts';
import { enterSweeping } from './sweep.ts';

/** Returns the step of a signal: TERM and INT ask to stop, the rest is handed to the engine's top process. */
export function signalReceived(state: State, event: EventOf<'signalReceived'>): Step {
  if (event.signal === 'SIGTERM' || event.signal === 'SIGINT') return askedBySignal(state, event.signal);
  const process = 'engine' in state ? state.engine.process : null;
  if (process === null) return stay(state);
  return stay(state, { kind: 'signalProcess', process, signal: event.signal });
}

function askedBySignal(state: State, signal: string): Step {
  const { asked } = state.base;
  if (asked !== null && asked.by.startsWith('SIG')) return hurry(state);
  const base: Base = { ...state.base, asked: { by: signal, atMs: asked?.atMs ?? state.base.nowMs } };
  return begin({ ...state, base }, asked === null);
}

/** Returns the step after another member, or the leader for all, was asked to stop. */
export function askedByMember(state: State, by: string): Step {
  if (state.base.asked !== null) return stay(state);
  return begin({ ...state, base: { ...state.base, asked: { by, atMs: state.base.nowMs } } }, true);
}

function begin(state: State, first: boolean): Step {
  switch (state.phase) {
    case 'opening':
    case 'resolving':
    case 'joining':
      return leaveUnstarted(state.base);
    case 'starting':
    case 'ready':
      return first ? drain(state) : stay(state);
    case 'draining':
    case 'stopping':
    case 'sweeping':
    case 'settling':
    case 'ended':
      return stay(state);
  }
}

function leaveUnstarted(base: Base): Step {
  const group = { ...base.group, admitting: false };
  return stay({ phase: 'settling', base: { ...base, group }, mode: 'asked', code: 0, untilMs: base.nowMs });
}

function drain(state: StateOf<'starting' | 'ready'>): Step {
  const { base, engine } = state;
  const { deadlines } = base.plan.document;
  const killAtMs = base.nowMs + deadlines.grace;
  const by = base.asked?.by ?? 'somebody';
  const say: Effect = { kind: 'say', level: 'info', message: `asked to stop by ${by}` };
  if (base.self.rank > 0 && base.group.peers.length > 0) {
    const untilMs = base.nowMs + deadlines.drain;
    const ask = by.startsWith('SIG') ? toPeers(base, { kind: 'stop-asked', by: `rank ${base.self.rank} (${by})` }) : [];
    return stay({ phase: 'draining', base, engine, waitsFor: 'leader', untilMs, killAtMs }, say, ...ask);
  }
  const delayMs = state.phase === 'ready' ? base.plan.drainDelayMs : 0;
  const cause = launcherCause('asked', 'stopped', `asked to stop by ${by}`, {
    rank: base.self.rank,
    host: base.self.host,
  });
  const tell = toPeers(base, { kind: 'stop', mode: 'asked', cause, ageMs: 0 });
  const next: StateOf<'draining'> = {
    phase: 'draining',
    base,
    engine,
    waitsFor: 'endpoints',
    untilMs: base.nowMs + delayMs,
    killAtMs,
  };
  const step = delayMs > 0 ? stay(next) : terminateEngine(next);
  return { state: step.state, effects: [say, ...tell, ...step.effects] };
}

/** Returns the step that tells the engine to stop: SIGTERM to its top process only. */
export function terminateEngine(state: StateOf<'draining'>): Step {
  const { base, engine, killAtMs } = state;
  const drainAtMs = (base.asked?.atMs ?? base.nowMs) + base.plan.document.deadlines.drain;
  const next: State = { phase: 'stopping', base, engine, mode: 'asked', drainAtMs, killAtMs };
  return stay(next, ...terminate(next));
}

/** Returns the step of a tick between the wish to stop and the engine's SIGTERM. */
export function drainingTick(state: StateOf<'draining'>): Step {
  if (state.base.nowMs >= state.untilMs) return terminateEngine(state);
  const looked = look(state.base, state.engine);
  return stay({ ...state, engine: looked.engine }, ...looked.effects);
}

/** Returns the step of a tick after the engine's SIGTERM: its time may be over, or the others' turn have come. */
export function stoppingTick(state: StateOf<'stopping'>): Step {
  const { base } = state;
  if (state.engine.end !== null) return afterExit(state);
  if (base.nowMs >= state.killAtMs) return enterSweeping(state, true);
  const turn = base.nowMs >= state.drainAtMs;
  const looked = look(base, state.engine);
  const drainAtMs = turn ? Infinity : state.drainAtMs;
  return stay({ ...state, engine: looked.engine, drainAtMs }, ...looked.effects, ...(turn ? drained(base) : []));
}

/** Returns the step of the second signal, or the leader's word of it: no more waiting. */
export function hurry(state: State): Step {
  const { base } = state;
  const cause = launcherCause('asked', 'stopped', `told twice to stop`, { rank: base.self.rank, host: base.self.host });
  const tell = base.self.rank === 0 ? toPeers(base, { kind: 'stop', mode: 'hurry', cause, ageMs: 0 }) : [];
  if (state.phase === 'draining') {
    const step = terminateEngine({ ...state, killAtMs: base.nowMs });
    return { state: step.state, effects: [...tell, ...step.effects] };
  }
  if (state.phase === 'stopping' || state.phase === 'sweeping')
    return stay({ ...state, killAtMs: base.nowMs }, ...tell);
  return stay(state);
}
