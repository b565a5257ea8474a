// Nothing of ours runs any more: the cause is frozen, the others are told, and we leave with the group's exit status.
import { exitCode } from '#core/errors.ts';
import { launcherCause } from '#core/group/cause.ts';

import { endedAlone } from './children.ts';
import type { Effect } from './effect.ts';
import { statusOf } from './ending.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { ownRayFolder } from './ray-folder.ts';
import { askedCause, sayGoodbye, toPeers } from './tell.ts';
import { freeze, verdictUntilMs } from './verdict.ts';

/** Returns the step after the sweep. */
export function enterSettling(state: StateOf<'sweeping'>): Step {
  const { mode, survivors } = state;
  const killed = state.killed.filter((entry) => !entry.top || !endedAlone(state.engine, entry.pid));
  const base = mode === 'asked' && wasForced(state) ? stopForced(state.base, killed) : state.base;
  const left = [...report('had to kill', killed.map(nameOf)), ...report('cannot get rid of', survivors.map(nameOf))];
  const next: State = { phase: 'settling', base, mode, code: ownCode(state), untilMs: verdictUntilMs(base) };
  const step = settlingTick(next);
  return { state: step.state, effects: [...left, ...step.effects] };
}

/** Returns the step of a tick while the cause may still be amended. */
export function settlingTick(state: StateOf<'settling'>): Step {
  const { base, mode } = state;
  if (base.nowMs < settleAtMs(state)) return stay(state);
  const code = mode === 'fault' ? (base.verdict?.cause.code ?? state.code) : state.code;
  const final = mode === 'fault' ? freeze(base) : { base, effects: lastWord(base) };
  const goodbye = sayGoodbye(base, code);
  const folder = base.ray === null ? null : ownRayFolder(base);
  const clean: Effect[] = folder === null ? [] : [{ kind: 'removeRayFolder', path: folder }];
  return stay({ phase: 'ended', base: final.base, code }, ...final.effects, ...goodbye, ...clean, {
    kind: 'finish',
    code,
  });
}

// A worker whose engine died in the same moment learns here that the stop was asked for.
const lastWord = (base: Base): Effect[] =>
  base.self.rank === 0 ? toPeers(base, { kind: 'verdict', cause: askedCause(base) }) : [];

/** Returns when nothing can amend the cause any more, in ms of our clock: at once if nobody is left who could. */
export function settleAtMs({ base, untilMs }: StateOf<'settling'>): number {
  const { verdict, group, nowMs } = base;
  // A stop that was asked for has no verdict, or a final one.
  const open = verdict?.frozen === false && (group.peers.length > 0 || verdict.tail === 'awaited');
  return open ? untilMs : nowMs;
}

// What we leave with if the stop was asked for, and what `exec` leaves with.
function ownCode(state: StateOf<'sweeping'>): number {
  const { base, engine, survivors } = state;
  if (base.plan.exits === 'passthrough') {
    const end = engine.children[0]?.end ?? null;
    return end === null ? exitCode('stop-forced') : statusOf(end);
  }
  if (survivors.length > 0) return exitCode('os');
  return exitCode(wasForced(state) ? 'stop-forced' : 'stopped');
}

// A top process that ended by itself in the last moment was not killed, whatever was sent to it.
const wasForced = ({ engine, killed }: StateOf<'sweeping'>): boolean =>
  killed.some((entry) => entry.top && !endedAlone(engine, entry.pid));

function stopForced(base: Base, killed: readonly LedgerEntry[]): Base {
  const message = `had to be killed when asked to stop: ${killed.map(nameOf).join(', ')}`;
  const { rank, host } = base.self;
  const cause = launcherCause('stop-forced', 'stop-forced', message, { rank, host, seenBy: rank });
  const happenedMs = base.nowMs;
  const candidates = [{ cause, happenedMs }];
  return {
    ...base,
    verdict: { cause, happenedMs, freezeAtMs: happenedMs, frozen: true, candidates, tail: 'none', suspect: null },
  };
}

const nameOf = ({ title, pid }: { readonly title: string; readonly pid: number }): string => `${title} (pid ${pid})`;

const report = (what: string, names: readonly string[]): Effect[] =>
  names.length === 0 ? [] : [{ kind: 'say', level: 'warn', message: `${what}: ${names.join(', ')}` }];
