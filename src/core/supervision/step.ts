// The machine's door. Rules: (1) an event of another epoch's child is dropped here; (2) time only moves here;
// (3) the group link steps first, what it learned is coupled with the phase second, the event's own cell comes third;
// (4) whoever changes the phase gets it recorded, said and written to the termination message here.
import { groupWakeMs, stepGroup } from '#core/group/step.ts';
import type { GroupContext } from '#core/group/step.ts';
import { missingRanks } from '#core/group/group.ts';
import type { News } from '#core/group/group.ts';

import { couplings } from './couplings.ts';
import type { Effect } from './effect.ts';
import type { Event } from './event.ts';
import { isReady } from './readiness.ts';
import { lookAtMs } from './scan.ts';
import { freezeIfDue } from './settle.ts';
import type { Base, State, Step } from './state.ts';
import { epochOf, stay } from './state.ts';
import type { TableEvent } from './table.ts';
import { table } from './table.ts';

/** Returns the state after one event and what is to be done, in order. */
export function step(before: State, event: Event): Step {
  if ('epoch' in event && event.epoch !== epochOf(before.base)) return stay(before);
  const base: Base = { ...before.base, nowMs: Math.max(before.base.nowMs, event.atMs) };
  const linked = stepGroup(base.group, contextOf({ ...before, base }), event);
  let state: State = { ...before, base: { ...base, group: linked.group } };
  const effects: Effect[] = [...linked.effects];
  const take = (next: Step) => {
    state = next.state;
    effects.push(...next.effects);
  };
  for (const news of linked.news) take(couple(state, news));
  const frozen = freezeIfDue(state.base);
  take({ state: { ...state, base: frozen.base }, effects: frozen.effects });
  take(cell(state, event));
  return record(before, { state, effects });
}

/** Returns when the machine must be woken by time, in ms of our clock. */
export function wakeAtMs(state: State): number {
  const { base } = state;
  const groupAt = state.phase === 'ended' ? Infinity : groupWakeMs(base.group, base.plan.document.deadlines.peer);
  const freezeAt = base.verdict?.frozen === false ? base.verdict.freezeAtMs : Infinity;
  const lookAt = 'engine' in state ? lookAtMs(state.engine) : Infinity;
  return Math.min(groupAt, freezeAt > base.nowMs ? freezeAt : Infinity, lookAt, phaseAtMs(state));
}

function phaseAtMs(state: State): number {
  switch (state.phase) {
    case 'opening':
    case 'ended':
      return Infinity;
    case 'resolving':
      return Math.min(state.deadlineMs, state.asking ? Infinity : state.nextTryMs);
    case 'joining':
      return state.deadlineMs;
    case 'starting':
      return Math.min(state.deadlineMs, probeAtMs(state.readiness, state.base));
    case 'ready':
      return probeAtMs(state.readiness, state.base);
    case 'draining':
      return state.untilMs;
    case 'stopping':
      return Math.min(state.drainAtMs, state.killAtMs);
    case 'sweeping':
      return state.sweeping ? state.giveUpAtMs : Math.min(state.nextPassMs, state.giveUpAtMs);
    case 'settling':
      return state.untilMs;
  }
}

const probeAtMs = (readiness: { probing: boolean; nextMs: number }, base: Base): number =>
  readiness.probing || base.plan.readiness.length === 0 ? Infinity : readiness.nextMs;

function couple(state: State, news: News): Step {
  const cellOf = couplings[state.phase][news.kind] as 'ignored' | ((state: State, news: News) => Step);
  return cellOf === 'ignored' ? stay(state) : cellOf(state, news);
}

function cell(state: State, event: Event): Step {
  const row = table[state.phase] as Record<string, undefined | 'ignored' | ((state: State, event: TableEvent) => Step)>;
  const cellOf = row[event.kind];
  return cellOf === undefined || cellOf === 'ignored' ? stay(state) : cellOf(state, event as TableEvent);
}

function record(before: State, next: Step): Step {
  if (next.state.phase === before.phase) return next;
  const { base, phase } = next.state;
  const history = [...base.history, { phase, atMs: base.nowMs }].slice(-32);
  const state = { ...next.state, base: { ...base, history } };
  const say: Effect = { kind: 'say', level: 'info', message: `phase ${phase}` };
  const last = next.effects.at(-1);
  const written: Effect[] = [...next.effects, say, { kind: 'writeTermination' }];
  if (last?.kind !== 'finish') return { state, effects: written };
  return { state, effects: [...next.effects.slice(0, -1), say, { kind: 'writeTermination' }, last] };
}

function contextOf(state: State): GroupContext {
  const { base } = state;
  const leader = base.plan.document.identity.leader;
  return {
    self: base.self,
    epoch: base.epoch,
    leaderHost: leader?.host ?? '',
    leaderPort: leader?.port ?? base.self.groupPort,
    peerTimeoutMs: base.plan.document.deadlines.peer,
    phase: state.phase,
    ready: 'readiness' in state && state.phase === 'ready' && isReady(base, state.engine, state.readiness),
    missing: missingRanks(base.group, base.self),
  };
}
