// The machine's door. Rules: (1) an event of another epoch's child is dropped here; (2) time only moves here, and our own
// lateness is taken out of the others' silence; (3) the group link steps first, what it learned is coupled with the phase
// second, the event's own cell comes third; (4) whoever changes the phase gets it recorded, said and written to the
// termination message here; (5) the end is the last effect, and nothing moves what has ended.
import { beatMs } from '#core/group/peer.ts';
import { forgiveAll, groupWakeMs, stepGroup } from '#core/group/step.ts';
import type { GroupContext } from '#core/group/step.ts';
import type { News } from '#core/group/group.ts';

import { couplings } from './couplings.ts';
import type { Effect } from './effect.ts';
import type { Event } from './event.ts';
import { ownRayAddress } from './ray-nodes.ts';
import { clusterSaid } from './ray-unknown.ts';
import { isReady } from './readiness.ts';
import type { Base, State, Step } from './state.ts';
import { epochOf, stay } from './state.ts';
import type { TableEvent } from './table.ts';
import { table } from './table.ts';
import { freezeIfDue } from './verdict.ts';
import { phaseWakeMs } from './wake.ts';

const phasesKept = 32;
// Who is late by less is slow, maybe each time: that must not put off the end for ever.
const suspendedMs = 1_500;

/** Returns the state after one event and what is to be done, in order. */
export function step(before: State, event: Event): Step {
  if ('epoch' in event && event.epoch !== epochOf(before.base)) return stay(before);
  if (before.phase === 'ended') return cell(before, event);
  const lateMs = latenessMs(before, event);
  const base = moveTime(before, event, lateMs);
  const linked = stepGroup(base.group, contextOf(before, base), event);
  let state: State = { ...forgiveWaits(before, lateMs), base: { ...base, group: linked.group } };
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
  if (state.phase === 'ended') return Infinity;
  const { verdict } = base;
  const groupAt = groupWakeMs(base.group, base.plan.document.deadlines.peer);
  const freezes = verdict?.frozen === false && (base.self.rank === 0 || base.group.peers.length === 0);
  return Math.min(groupAt, freezes ? verdict.freezeAtMs : Infinity, phaseWakeMs(state));
}

// A launcher that was stopped or starved hears of nothing and does nothing meanwhile, whatever event tells it first that it
// runs again. What is less than a beat is no lateness.
function latenessMs(before: State, event: Event): number {
  const { nowMs } = before.base;
  if (event.atMs - nowMs <= beatMs) return 0;
  const toldMs = event.kind === 'timePassed' ? event.lateMs : 0;
  const lateMs = Math.max(toldMs, event.atMs - Math.max(nowMs, wakeAtMs(before)));
  return lateMs > beatMs ? lateMs : 0;
}

function moveTime({ base }: State, event: Event, lateMs: number): Base {
  const nowMs = Math.max(base.nowMs, event.atMs);
  const group = lateMs > 0 ? forgiveAll(base.group, lateMs, nowMs) : base.group;
  return { ...base, nowMs, group, verdict: forgiveVerdict(base.verdict, lateMs) };
}

// A sweep that was stopped has not swept meanwhile, and who was suspended has not listened for the leader's verdict.
function forgiveWaits(state: State, lateMs: number): State {
  if (state.phase === 'sweeping') return { ...state, giveUpAtMs: state.giveUpAtMs + lateMs };
  if (state.phase === 'settling' && lateMs > suspendedMs) return { ...state, untilMs: state.untilMs + lateMs };
  return state;
}

const forgiveVerdict = (verdict: Base['verdict'], lateMs: number): Base['verdict'] =>
  verdict === null || verdict.frozen || lateMs <= suspendedMs
    ? verdict
    : { ...verdict, freezeAtMs: verdict.freezeAtMs + lateMs };

function couple(state: State, news: News): Step {
  const cellOf = couplings[state.phase][news.kind] as 'ignored' | ((state: State, news: News) => Step);
  const next = cellOf === 'ignored' ? stay(state) : cellOf(state, news);
  if (news.kind !== 'gone' || news.link === null) return next;
  return { state: next.state, effects: [...next.effects, { kind: 'closeLink', link: news.link }] };
}

function cell(state: State, event: Event): Step {
  const row = table[state.phase] as Record<string, undefined | 'ignored' | ((state: State, event: TableEvent) => Step)>;
  const cellOf = row[event.kind];
  return cellOf === undefined || cellOf === 'ignored' ? stay(state) : cellOf(state, event as TableEvent);
}

function record(before: State, next: Step): Step {
  if (next.state.phase === before.phase) return next;
  const { base, phase } = next.state;
  const history = [...base.history, { phase, atMs: base.nowMs }].slice(-phasesKept);
  const last = next.effects.filter((effect) => effect.kind === 'finish');
  const effects: Effect[] = [
    ...next.effects.filter((effect) => effect.kind !== 'finish'),
    { kind: 'say', level: 'info', message: `phase ${phase}` },
    { kind: 'writeTermination' },
    ...last,
  ];
  return { state: { ...next.state, base: { ...base, history } }, effects };
}

function contextOf(state: State, base: Base): GroupContext {
  const leader = base.plan.document.identity.leader;
  return {
    self: base.self,
    epoch: base.epoch,
    leaderHost: leader?.host ?? '',
    leaderPort: leader?.port ?? base.self.groupPort,
    peerTimeoutMs: base.plan.document.deadlines.peer,
    phase: state.phase,
    ray: raySaid(base),
    ready: state.phase === 'ready' && isReady(base, state.engine, state.readiness),
  };
}

// The leader names its cluster, a worker the address that its agent has or will have in it.
const raySaid = (base: Base): string | null =>
  base.plan.ray === null ? null : base.self.rank === 0 ? clusterSaid(base) : ownRayAddress(base);
