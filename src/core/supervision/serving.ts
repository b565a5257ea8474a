// The engine runs: from its start to ready, and from ready to the first fault or the wish to stop.
import { launcherCause } from '#core/group/cause.ts';
import type { Epoch } from '#core/group/message.ts';
import { renderDuration } from '#core/options.ts';

import type { Effect } from './effect.ts';
import { engineDied, exitCause, spawnCause } from './ending.ts';
import { noChildren, withEnd, withProcess } from './children.ts';
import type { EventOf } from './event.ts';
import { fault } from './fault.ts';
import { enterAssembling } from './ray.ts';
import { rayWatchDue } from './ray-watch.ts';
import { isReady, judge, probeDue } from './readiness.ts';
import { look, seen } from './scan.ts';
import { enterServing } from './start.ts';
import type { Base, StateOf, Step } from './state.ts';
import { stay } from './state.ts';

type Serving = StateOf<'starting' | 'ready'>;
type Running = StateOf<'assembling' | 'starting' | 'ready'>;

/** Returns the step that starts a new epoch: the engine, or Ray's nodes first. */
export function enterStarting(before: Base, epoch: Epoch, first: readonly Effect[]): Step {
  const base: Base = { ...before, epoch, group: { ...before.group, admitting: false } };
  const { ray } = base.plan;
  if (ray !== null) return enterAssembling(base, ray, first);
  const step = enterServing(base, noChildren(base.nowMs), 'engine');
  return { state: step.state, effects: [...first, ...step.effects] };
}

/** Returns the step after the engine's top process exists. */
export function childSpawned(state: StateOf<'starting'>, event: EventOf<'childSpawned'>): Step {
  return becomeReady({ ...state, engine: withProcess(state.base, state.engine, event) });
}

/** Returns the step after a process could not be started. */
export function spawnFailed(state: Running, event: EventOf<'spawnFailed'>): Step {
  const engine = withEnd(state.engine, event.name, { code: null, signal: null, atMs: event.atMs });
  return fault({ base: state.base, engine }, spawnCause(state.base, event), 'seen');
}

/** Returns the step after the engine's top process ended unasked. */
export function childExited(state: Running, event: EventOf<'childExited'>): Step {
  const end = { code: event.code, signal: event.signal, atMs: event.atMs };
  const next = { ...state, engine: withEnd(state.engine, event.name, end) };
  return fault(next, exitCause(state.base, state.engine, event.name, end), 'seen');
}

/** Returns the step after a look at the processes: one of the engine's own that is gone is a fault. */
export function processesSeen(state: Running, event: EventOf<'processesSeen'>): Step {
  const { engine, died } = seen(state.engine, event);
  if (died === null || state.base.plan.exits !== 'engine') return stay({ ...state, engine });
  return fault({ ...state, engine }, engineDied(state.base, died, died.beside), 'seen');
}

/** Returns the step after the engine's readiness was asked. */
export function engineProbed(state: Serving, event: EventOf<'engineProbed'>): Step {
  const judged = judge(state.readiness, event, state.phase === 'ready', state.base.plan.document.engine.profile);
  const next = { ...state, readiness: judged.readiness };
  if (judged.dead) {
    const { self } = state.base;
    const message = `rank ${self.rank} (${self.host}): the engine says that it is dead (${judged.readiness.reason})`;
    const more = { rank: self.rank, host: self.host, seenBy: self.rank, process: 'engine' };
    return fault(next, launcherCause('process-died', 'engine-ended', message, more), 'seen');
  }
  return becomeReady(next);
}

/** Returns the step of a tick while the engine runs. */
export function servingTick(state: Serving): Step {
  const { base } = state;
  if (state.phase === 'starting' && base.nowMs >= state.deadlineMs) {
    const why = state.readiness.reason ?? 'the leader is not ready';
    const { self, plan } = base;
    const deadline = renderDuration(plan.document.deadlines.startup);
    const message = `rank ${self.rank} (${self.host}) cannot get ready within the startup deadline (${deadline}): ${why}`;
    const more = { rank: self.rank, host: self.host, seenBy: self.rank };
    return fault(state, launcherCause('startup-timeout', 'startup-timeout', message, more), 'seen');
  }
  const watched = rayWatchDue(base);
  const looked = look(base, state.engine);
  const asked = probeDue(base, state.engine, state.readiness, state.phase === 'ready');
  const next = { ...state, base: watched.base, engine: looked.engine, readiness: asked.readiness };
  const step = becomeReady(next);
  return { state: step.state, effects: [...looked.effects, ...watched.effects, ...asked.effects, ...step.effects] };
}

// Ready once the engine answers, a worker with its leader; and from then on ready, whatever it answers.
function becomeReady(state: Serving): Step {
  if (!isReady(state.base, state.engine, state.readiness)) return stay(state);
  const { base, engine, readiness } = state;
  return stay({ phase: 'ready', base, engine, readiness });
}
