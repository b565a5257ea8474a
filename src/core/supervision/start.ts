// The start of what serves: the engine, or on a worker under Ray the agent that its ranks will live under.
import { launcherCause } from '#core/group/cause.ts';
import { fillNode } from '#core/plan/node-env.ts';
import type { ProcessName } from '#core/plan/plan.ts';

import { awaitSpawn } from './children.ts';
import { endWith } from './fault.ts';
import { openReadiness } from './readiness.ts';
import { rayFolder } from './ray-folder.ts';
import type { Base, Engine, State, Step } from './state.ts';
import { epochOf, stay } from './state.ts';

/** Returns the step that starts one more process, and with it the waiting for ready. */
export function enterServing(base: Base, running: Engine, name: ProcessName): Step {
  const { document } = base.plan;
  const spec = document.processes.find((entry) => entry.name === name);
  if (spec === undefined)
    return endWith(base, launcherCause('internal', 'internal', `cannot start: the plan has no ${name}`), 'seen');
  const { startup, peer, 'ray-nodes': rayNodes } = document.deadlines;
  // The leader gives up first, so that all name the same member; an agent is started before the others are in.
  const spareMs = base.self.rank === 0 ? 0 : peer + (name === 'ray-agent' ? rayNodes : 0);
  const deadlineMs = base.nowMs + startup + spareMs;
  const engine = awaitSpawn(running, name, base.nowMs);
  const state: State = { phase: 'starting', base, engine, deadlineMs, readiness: openReadiness };
  const filled = fillNode(spec, { ...base.node, folder: rayFolder(base.self) });
  return stay(state, { kind: 'spawnChild', epoch: epochOf(base), spec: filled });
}
