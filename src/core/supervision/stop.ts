// Somebody asked us to stop: the leader drains first, the others follow; a second signal cuts it short.
import { mainOf } from './children.ts';
import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import { look } from './scan.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { seenWhileDraining } from './stopping-child.ts';
import { enterSweeping } from './sweep.ts';
import { askedCause, drained, toPeers } from './tell.ts';
import { terminateEngine, terminateHead, terminateMain, terminateWaiting } from './terminate.ts';

// What people send to a program on purpose. The rest is about us: our pipes and sockets (PIPE, IO, URG), our limits, our terminal.
const forwarded = new Set(['HUP', 'QUIT', 'USR1', 'USR2', 'WINCH', 'CONT', 'ALRM'].map((name) => `SIG${name}`));

/** Returns the step of a signal: TERM and INT ask to stop, what is meant for the engine is handed to its top process. */
export function signalReceived(state: State, event: EventOf<'signalReceived'>): Step {
  if (event.signal === 'SIGTERM' || event.signal === 'SIGINT') return askedBySignal(state, event.signal);
  if (!forwarded.has(event.signal) || !('engine' in state)) return stay(state);
  const main = mainOf(state.engine);
  return main === null
    ? stay(state)
    : stay(state, { kind: 'signalProcess', process: main.process, signal: event.signal });
}

function askedBySignal(state: State, signal: string): Step {
  const { asked } = state.base;
  if (asked?.by.startsWith('SIG')) return hurry(state);
  const base: Base = { ...state.base, asked: { by: signal, atMs: asked?.atMs ?? state.base.nowMs } };
  return begin({ ...state, base });
}

/** Returns the step after another member, or the leader for all, was asked to stop. */
export const askedByMember = (state: StateOf<'joining' | 'assembling' | 'starting' | 'ready'>, by: string): Step =>
  begin({ ...state, base: { ...state.base, asked: { by, atMs: state.base.nowMs } } });

function begin(state: State): Step {
  switch (state.phase) {
    case 'opening':
    case 'resolving':
    case 'reaching':
    case 'joining':
      return leaveUnstarted(state.base);
    case 'assembling':
    case 'starting':
    case 'ready':
      return drain(state);
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

function drain(state: StateOf<'assembling' | 'starting' | 'ready'>): Step {
  const { base, engine } = state;
  const { deadlines } = base.plan.document;
  const by = base.asked?.by ?? 'somebody';
  const say: Effect = { kind: 'say', level: 'info', message: `asked to stop by ${by}` };
  const follows = base.self.rank > 0 && base.group.peers.length > 0;
  const drainMs = Math.min(deadlines.drain, deadlines.grace);
  const delayMs = state.phase === 'ready' ? Math.min(base.plan.drainDelayMs, drainMs) : 0;
  const next: StateOf<'draining'> = {
    phase: 'draining',
    base: follows ? base : { ...base, group: { ...base.group, listening: false } },
    engine,
    waitsFor: follows ? 'leader' : 'endpoints',
    untilMs: base.nowMs + (follows ? drainMs : delayMs),
    killAtMs: base.nowMs + deadlines.grace,
  };
  const step = follows || delayMs > 0 ? stay(next) : terminateEngine(next);
  return { state: step.state, effects: [say, ...(follows ? ask(base, by) : tellAll(base)), ...step.effects] };
}

const ask = (base: Base, by: string): Effect[] =>
  by.startsWith('SIG') ? toPeers(base, { kind: 'stop-asked', by: `rank ${base.self.rank} (${by})` }) : [];

// Who comes now is to find nobody, and to wait for the next start (design section 6).
const tellAll = (base: Base): Effect[] =>
  base.group.role === 'leader'
    ? [{ kind: 'closeListener' }, ...toPeers(base, { kind: 'stop', mode: 'asked', cause: askedCause(base), ageMs: 0 })]
    : [];

/** Returns the step of a tick between the wish to stop and the engine's SIGTERM. */
export function drainingTick(state: StateOf<'draining'>): Step {
  if (state.base.nowMs >= state.untilMs) return terminateEngine(state);
  const looked = look(state.base, state.engine);
  return stay({ ...state, engine: looked.engine }, ...looked.effects);
}

/** Returns the step after a look while draining: with one of the engine's own processes gone there is nothing to drain. */
export function lookedWhileDraining(state: StateOf<'draining'>, event: EventOf<'processesSeen'>): Step {
  const looked = seenWhileDraining(state, event);
  if (!looked.died) return stay(looked.state);
  const step = terminateEngine(looked.state);
  return { state: step.state, effects: [...looked.words, ...step.effects] };
}

/** Returns the step of a tick after the engine's SIGTERM: its time may be over, or the others' turn have come. */
export function stoppingTick(state: StateOf<'stopping'>): Step {
  const { base } = state;
  if (base.nowMs >= state.killAtMs) return enterSweeping(state);
  const turn = base.nowMs >= state.drainAtMs;
  const looked = look(base, state.engine);
  const again = base.nowMs >= state.againAtMs;
  const rest = state.restAtMs !== Infinity && (base.nowMs >= state.restAtMs || base.group.peers.length === 0);
  const next = {
    ...state,
    engine: looked.engine,
    againAtMs: again ? Infinity : state.againAtMs,
    drainAtMs: turn ? Infinity : state.drainAtMs,
    restAtMs: rest ? Infinity : state.restAtMs,
  };
  const told = [...(again ? terminateMain(next.engine) : []), ...(rest ? terminateHead(next.engine) : [])];
  return stay(next, ...looked.effects, ...told, ...(turn ? drained(base) : []));
}

/** Returns the step of the second signal, or the leader's word of it: no more waiting. */
export function hurry(state: State): Step {
  const { base } = state;
  const body = { kind: 'stop', mode: 'hurry', cause: askedCause(base), ageMs: 0 } as const;
  const tell = base.self.rank === 0 ? toPeers(base, body) : [];
  if (state.phase === 'draining') {
    const step = terminateEngine({ ...state, killAtMs: base.nowMs });
    return { state: step.state, effects: [...tell, ...step.effects] };
  }
  if (state.phase === 'stopping')
    return stay({ ...state, killAtMs: base.nowMs, restAtMs: Infinity }, ...tell, ...terminateWaiting(state));
  if (state.phase === 'sweeping') return stay({ ...state, killAtMs: base.nowMs }, ...tell);
  return stay(state);
}
