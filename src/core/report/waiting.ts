// What is waited for right now: the gate, its target, who is missing, and until when. Empty when nothing is.
import { missingRanks } from '#core/group/group.ts';
import { renderDuration } from '#core/options.ts';
import { workerWaits } from '#core/supervision/gates.ts';
import type { State } from '#core/supervision/state.ts';

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
  const leader = base.plan.document.identity.leader;
  const sinceMs = base.history.at(-1)?.atMs ?? base.nowMs;
  switch (state.phase) {
    case 'resolving':
      return [
        {
          gate: 'dns',
          target: `${leader?.host ?? ''} (${state.reason})`,
          missing: [],
          sinceMs,
          deadlineMs: state.deadlineMs,
        },
      ];
    case 'joining': {
      const leads = base.self.rank === 0;
      const missing = leads ? missingRanks(base.group, base.self) : [];
      const target = leads ? `all ${base.self.size} members` : workerWaits(base);
      return [{ gate: 'group', target, missing, sinceMs, deadlineMs: state.deadlineMs }];
    }
    case 'starting': {
      const follows = base.self.rank > 0 && base.plan.fate === 'together';
      const target = follows ? 'the leader to be ready' : `the engine (${state.readiness.reason ?? 'starting'})`;
      return [{ gate: 'ready', target, missing: [], sinceMs, deadlineMs: state.deadlineMs }];
    }
    case 'draining':
      return [{ gate: 'drain', target: state.waitsFor, missing: [], sinceMs, deadlineMs: state.untilMs }];
    case 'stopping':
      return [{ gate: 'stop', target: 'the engine to end', missing: [], sinceMs, deadlineMs: state.killAtMs }];
    case 'sweeping':
      return [
        { gate: 'sweep', target: 'left-over processes to go', missing: [], sinceMs, deadlineMs: state.giveUpAtMs },
      ];
    case 'opening':
    case 'ready':
    case 'settling':
    case 'ended':
      return [];
  }
}

/** Returns a line for each wait, for a person: how long already, who is missing, until when. */
export function waitLines(state: State, nowMs: number): string[] {
  return waitsOf(state).map((wait) => {
    const missing = wait.missing.length === 0 ? '' : `, missing rank ${wait.missing.slice(0, 16).join(', ')}`;
    const more = wait.missing.length > 16 ? ` and ${wait.missing.length - 16} more` : '';
    const refused = state.base.group.refusals
      .map((entry) => `; refused rank ${entry.rank}: ${entry.reason}`)
      .slice(0, 3);
    const left = renderDuration(Math.max(0, Math.ceil((wait.deadlineMs - nowMs) / 1000)) * 1000);
    const since = Math.round((nowMs - wait.sinceMs) / 1000);
    return `waiting ${since} s for ${wait.gate}: ${wait.target}${missing}${more}${refused.join('')} (${left} left)`;
  });
}
