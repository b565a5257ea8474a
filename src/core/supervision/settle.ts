// Nothing of ours runs any more: the cause is frozen, the others are told, and we leave with the group's exit status.
import { exitCode } from '#core/errors.ts';
import { launcherCause } from '#core/group/cause.ts';

import type { Effect } from './effect.ts';
import { statusOf } from './ending.ts';
import { toPeers, verdictWaitMs } from './fault.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';

/** Returns the step after the sweep. */
export function enterSettling(state: StateOf<'sweeping'>): Step {
  const { mode, engine, killed, survivors } = state;
  const forced = engine.end === null || engine.end.signal === 'SIGKILL';
  const base = forced && mode === 'asked' ? stopForced(state.base, killed) : state.base;
  const left: Effect[] = report('had to kill', killed).concat(
    report(
      'cannot get rid of',
      survivors.map((entry) => entry.title),
    ),
  );
  const untilMs = (base.verdict?.freezeAtMs ?? base.nowMs) + (base.self.rank === 0 ? 0 : verdictWaitMs);
  const next: State = { phase: 'settling', base, mode, code: ownCode(state, forced), untilMs };
  const step = settlingTick(next);
  return { state: step.state, effects: [...left, ...step.effects] };
}

/** Returns the step of a tick while the cause is not frozen. */
export function settlingTick(state: StateOf<'settling'>): Step {
  const { base, mode } = state;
  const heardAll = base.verdict === null || base.verdict.frozen || base.group.peers.length === 0;
  if (mode === 'fault' && !heardAll && base.nowMs < state.untilMs) return stay(state);
  const code = state.code ?? base.verdict?.cause.code ?? 0;
  const leave = toPeers(base, { kind: 'leaving', code });
  const verdict = mode === 'fault' ? freeze(base).effects : [];
  return stay({ phase: 'ended', base: freeze(base).base, code }, ...verdict, ...leave, { kind: 'finish', code });
}

/** Returns the base with the cause frozen, and at the leader what tells all members. */
export function freeze(base: Base): { readonly base: Base; readonly effects: readonly Effect[] } {
  const { verdict } = base;
  if (verdict === null || verdict.frozen) return { base, effects: [] };
  const frozen = { ...base, verdict: { ...verdict, frozen: true } };
  return {
    base: frozen,
    effects: base.self.rank === 0 ? toPeers(base, { kind: 'verdict', cause: verdict.cause }) : [],
  };
}

/** Returns the base with the cause frozen if its time to be amended is over; only the leader freezes by time. */
export function freezeIfDue(base: Base): { readonly base: Base; readonly effects: readonly Effect[] } {
  const due = base.verdict !== null && base.self.rank === 0 && base.nowMs >= base.verdict.freezeAtMs;
  return due ? freeze(base) : { base, effects: [] };
}

function ownCode({ base, engine, mode, survivors }: StateOf<'sweeping'>, forced: boolean): number | null {
  if (base.plan.exits === 'passthrough') return engine.end === null ? exitCode('stop-forced') : statusOf(engine.end);
  if (mode === 'fault') return null;
  if (survivors.length > 0) return exitCode('os');
  return exitCode(forced && engine.process !== null ? 'stop-forced' : 'stopped');
}

function stopForced(base: Base, killed: readonly string[]): Base {
  const message = `had to be killed when asked to stop: ${killed.join(', ') || 'the engine'}`;
  const cause = launcherCause('stop-forced', 'stop-forced', message, { rank: base.self.rank, host: base.self.host });
  return { ...base, verdict: { cause, happenedMs: base.nowMs, freezeAtMs: base.nowMs, frozen: true } };
}

const report = (what: string, names: readonly string[]): Effect[] =>
  names.length === 0 ? [] : [{ kind: 'say', level: 'warn', message: `${what}: ${names.join(', ')}` }];
