// What is waited for right now: the gate, its target, who is missing, and until when. Empty when nothing is.
import { missingRanks } from '#core/group/group.ts';
import { renderDuration } from '#core/options.ts';
import { livingOf } from '#core/supervision/children.ts';
import { workerWaits } from '#core/supervision/gates.ts';
import { missingServices } from '#core/supervision/services.ts';
import type { Engine, State } from '#core/supervision/state.ts';

export type Wait = {
  readonly gate: string;
  readonly target: string;
  readonly missing: readonly number[];
  readonly sinceMs: number;
  readonly deadlineMs: number;
};

/** Returns the waits of a state; times are of our clock. */
export function waitsOf(state: State): readonly Wait[] {
  const { base } = state;
  const sinceMs = base.history.at(-1)?.atMs ?? base.nowMs;
  const wait = (gate: string, target: string, deadlineMs: number, missing: readonly number[] = []): Wait[] => [
    { gate, target, missing, sinceMs, deadlineMs },
  ];
  switch (state.phase) {
    case 'resolving': {
      const host = base.plan.document.identity.leader?.host ?? '';
      return wait('dns', `${host} (${state.reason})`, state.deadlineMs);
    }
    case 'reaching':
      return wait('service', missingServices(state), state.deadlineMs);
    case 'joining': {
      if (base.self.rank !== 0) return wait('group', workerWaits(base), state.deadlineMs);
      return wait('group', `all ${base.self.size} members`, state.deadlineMs, missingRanks(base.group, base.self));
    }
    case 'assembling':
      return wait('ray-nodes', `Ray: ${base.ray?.why ?? 'not asked yet'}`, state.deadlineMs);
    case 'starting': {
      const follows = base.self.rank > 0 && base.plan.fate === 'together';
      const target = follows ? 'the leader to be ready' : `the engine (${state.readiness.reason ?? 'starting'})`;
      return wait('ready', target, state.deadlineMs);
    }
    case 'draining':
      return wait('drain', state.waitsFor, state.untilMs);
    case 'stopping':
      return wait('stop', `${namesOf(state.engine)} to end`, state.killAtMs);
    case 'sweeping':
      return wait('sweep', 'left-over processes to go', state.giveUpAtMs);
    case 'opening':
    case 'ready':
    case 'settling':
    case 'ended':
      return [];
  }
}

const namesOf = (engine: Engine): string =>
  livingOf(engine)
    .map(({ name }) => (name === 'engine' ? 'the engine' : name))
    .join(' and ') || 'the engine';

/** Returns a line for each wait, for a person: how long already, who is missing, until when. */
export function waitLines(state: State, nowMs: number): string[] {
  return waitsOf(state).map((wait) => {
    const missing = wait.missing.length === 0 ? '' : `, missing rank ${wait.missing.slice(0, 16).join(', ')}`;
    const more = wait.missing.length > 16 ? ` and ${wait.missing.length - 16} more` : '';
    const refused = state.base.group.refusals
      .filter((entry) => entry.rank !== null)
      .map((entry) => `; refused rank ${entry.rank}: ${entry.reason}`)
      .slice(0, 3);
    const left = renderDuration(Math.max(0, Math.ceil((wait.deadlineMs - nowMs) / 1000)) * 1000);
    const since = Math.round((nowMs - wait.sinceMs) / 1000);
    return `waiting ${since} s for ${wait.gate}: ${wait.target}${missing}${more}${refused.join('')} (${left} left)`;
  });
}
