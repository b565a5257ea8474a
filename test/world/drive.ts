// A machine driven by hand: given events at given times, what it is then and what it did. For tables of single steps.
import type { Cause } from '#core/group/cause.ts';
import { openGroup } from '#core/group/group.ts';
import type { Body, Epoch, Frame } from '#core/group/message.ts';
import { protocolVersion } from '#core/group/message.ts';
import type { Effect, EffectKind, EffectOf } from '#core/supervision/effect.ts';
import type { Event } from '#core/supervision/event.ts';
import type { PhaseName, State, StateOf } from '#core/supervision/state.ts';
import { openState } from '#core/supervision/state.ts';
import { step, wakeAtMs } from '#core/supervision/step.ts';

import type { Happening } from './launcher.ts';
import type { PlanWish } from './plan.ts';
import { digestOf, hostOf, planOf, roleOf, selfOf } from './plan.ts';

export type Driven = { readonly state: State; readonly effects: readonly Effect[] };

/** Returns the machine before its first event; its incarnation is "node<rank>". */
export function opened(wish: PlanWish): Driven {
  const plan = planOf(wish);
  return { state: openState(selfOf(plan, hostOf(wish.rank)), plan, openGroup(roleOf(plan)), 0), effects: [] };
}

/** Returns the machine after one more event, woken in time until then; only the effects of that event are kept. */
export function after({ state: before }: Driven, atMs: number, happening: Happening): Driven {
  let state = before;
  for (let wakes = 0; wakes < mostWakes; wakes += 1) {
    const wakeMs = Math.max(wakeAtMs(state), state.base.nowMs);
    if (wakeMs >= atMs) return step(state, { ...happening, atMs } as Event);
    ({ state } = step(state, { kind: 'timePassed', lateMs: 0, atMs: wakeMs }));
  }
  throw new Error(`turns on the spot in ${state.phase}`);
}

const mostWakes = 20_000;

export const tick = (driven: Driven, atMs: number): Driven => after(driven, atMs, { kind: 'timePassed', lateMs: 0 });

/** Returns the frame of another launcher on a link. */
export function framed(link: number, rank: number, body: Body, epoch: Epoch | null = null): Happening {
  const frame: Frame = { protocol: protocolVersion, group: 'group-a', incarnation: hostOf(rank), epoch, seq: 1, body };
  return { kind: 'frameReceived', link, frame };
}

export const theEpoch: Epoch = { leader: hostOf(0), counter: 1 };
export const spawned: Happening = { kind: 'childSpawned', epoch: 1, name: 'engine', pid: 100, startTicks: 7 };
export const answered = (...statuses: (number | null)[]): Happening => ({
  kind: 'engineProbed',
  epoch: 1,
  answers: statuses.map((status) => ({ status, reason: 'refused' })),
});

export const top = { pid: 100, startTicks: 7, ppid: 1, title: 'vllm serve model' };
export const core = { pid: 101, startTicks: 8, ppid: 100, title: 'VLLM::EngineCore' };
export const worker = { pid: 102, startTicks: 9, ppid: 101, title: 'VLLM::Worker_TP0' };
export const seen = (whole: boolean, ...alive: (typeof top)[]): Happening => ({
  kind: 'processesSeen',
  epoch: 1,
  whole,
  alive,
});

/** Returns a single node whose engine was started at 10 ms. */
export function started(wish: Partial<PlanWish> = {}): Driven {
  let driven = after(opened({ rank: 0, size: 1, dns: false, ...wish }), 0, { kind: 'launchRequested' });
  driven = after(driven, 10, spawned);
  return after(driven, 20, seen(true, top, core, worker));
}

/** Returns a single node that is ready at 100 ms. */
export const ready = (wish: Partial<PlanWish> = {}): Driven => after(started(wish), 100, answered(200));

/** Returns a leader that waits for its workers. */
export function gating(wish: Partial<PlanWish> = {}): Driven {
  const driven = after(opened({ rank: 0, size: 2, dns: false, ...wish }), 0, { kind: 'launchRequested' });
  return after(driven, 1, { kind: 'listenerOpened' });
}

/** Returns the machine after a worker has said hello on the link of its rank. */
export function joinedBy(driven: Driven, rank: number, atMs: number): Driven {
  const { self, plan } = driven.state.base;
  const fields = digestOf(self.key, plan.fingerprint);
  const hello = { rank, size: self.size, generation: null, host: hostOf(rank), groupPort: 9_441, fields };
  const open = after(driven, atMs, { kind: 'linkOpened', link: rank, address: hostOf(rank), by: 'them' });
  return after(open, atMs, framed(rank, rank, { kind: 'hello', hello }));
}

/** Returns the leader of two whose engine was started at 10 ms. */
export function leading(wish: Partial<PlanWish> = {}): Driven {
  const driven = after(joinedBy(gating(wish), 1, 5), 10, spawned);
  return after(driven, 20, seen(true, top, core, worker));
}

/** Returns the leader of two, ready at 100 ms. */
export const leadingReady = (wish: Partial<PlanWish> = {}): Driven => after(leading(wish), 100, answered(200));

/** Returns a worker that has dialed the leader on link 9. */
export function dialed(wish: Partial<PlanWish> = {}): Driven {
  let driven = after(opened({ rank: 1, size: 2, dns: false, ...wish }), 0, { kind: 'launchRequested' });
  driven = tick(after(driven, 1, { kind: 'listenerOpened' }), 1);
  return after(driven, 2, { kind: 'linkOpened', link: 9, address: hostOf(0), by: 'us' });
}

/** Returns a worker that the leader let in. */
export const welcomed = (wish: Partial<PlanWish> = {}): Driven =>
  after(dialed(wish), 3, framed(9, 0, { kind: 'welcome', rank: 1, host: hostOf(0) }));

/** Returns a worker whose engine was started at 10 ms. */
export function following(wish: Partial<PlanWish> = {}): Driven {
  let driven = after(welcomed(wish), 5, framed(9, 0, { kind: 'start', epoch: theEpoch }));
  driven = after(driven, 10, spawned);
  return after(driven, 20, seen(true, top, worker));
}

/** Returns the state as that of a phase; throws where it is another. */
export function as<P extends PhaseName>({ state }: Driven, phase: P): StateOf<P> {
  if (state.phase !== phase) throw new Error(`is ${state.phase}, not ${phase}`);
  return state as StateOf<P>;
}

/** Returns the effects of one kind. */
export const done = <K extends EffectKind>({ effects }: Driven, kind: K): EffectOf<K>[] =>
  effects.filter((effect): effect is EffectOf<K> => effect.kind === kind);

/** Returns the bodies sent on a link, without heartbeats. */
export const saidOn = (driven: Driven, link: number): Body[] =>
  done(driven, 'sendFrame').flatMap((effect) =>
    effect.link === link && effect.body.kind !== 'heartbeat' ? [effect.body] : [],
  );

/** Returns the kinds of what was done, without what is only said or written. */
export const kinds = ({ effects }: Driven): string[] =>
  effects.map(({ kind }) => kind).filter((kind) => kind !== 'say' && kind !== 'writeTermination');

export const says = (driven: Driven): string[] =>
  done(driven, 'say')
    .map(({ message }) => message)
    .filter((message) => !message.startsWith('phase '));

/** A cause as another member reports it. */
export const anyCause: Cause = {
  kind: 'process-died',
  rank: 1,
  host: 'node1',
  process: 'VLLM::Worker_TP1',
  pid: 300,
  exitCode: null,
  signal: null,
  code: 79,
  decidedBy: 'launcher',
  message: 'rank 1 (node1): VLLM::Worker_TP1 (pid 300) died',
  lastLines: [],
  seenBy: 1,
};
