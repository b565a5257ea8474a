// The start of what serves: the engine, or on a worker under Ray the agent that its ranks will live under.
import { launcherCause } from '#core/group/cause.ts';
import { fillNode, unfilled } from '#core/plan/node-env.ts';
import type { ProcessName } from '#core/plan/plan.ts';

import { awaitSpawn } from './children.ts';
import { endWith } from './fault.ts';
import { readinessAtStart } from './readiness.ts';
import { ownRayFolder } from './ray-folder.ts';
import type { Base, Engine, State, Step } from './state.ts';
import { epochOf, stay } from './state.ts';

/** Returns the step that starts one more process, and with it the waiting for ready. */
export function enterServing(base: Base, running: Engine, name: ProcessName): Step {
  const { startup, peer, 'ray-nodes': rayNodes } = base.plan.document.deadlines;
  // The leader gives up first, so that all name the same member; an agent is started before the others are in.
  const spareMs = base.self.rank === 0 ? 0 : peer + (name === 'ray-agent' ? rayNodes : 0);
  const deadlineMs = base.nowMs + startup + spareMs;
  return startProcess(base, running, name, (engine) => ({
    phase: 'starting',
    base,
    engine,
    deadlineMs,
    readiness: readinessAtStart(base),
  }));
}

/** Returns the step that starts one of the plan's processes, in the state that `then` makes of it. */
export function startProcess(base: Base, running: Engine, name: ProcessName, then: (engine: Engine) => State): Step {
  const spec = base.plan.document.processes.find((entry) => entry.name === name);
  if (spec === undefined) return broken(base, `the plan has no ${name}`);
  const filled = fillNode(spec, { ...base.node, folder: ownRayFolder(base) });
  const [left] = unfilled(filled);
  if (left !== undefined) return broken(base, `${name} still waits for ${left}`);
  const state = then(awaitSpawn(running, name, base.nowMs));
  return stay(state, { kind: 'spawnChild', epoch: epochOf(base), spec: filled });
}

const broken = (base: Base, why: string): Step =>
  endWith(base, launcherCause('internal', 'internal', `cannot start: ${why}`), 'seen');
