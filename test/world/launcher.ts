// One launcher in a simulated world: the real machine between an inbox and an alarm. Its clock is its own; it may be
// frozen (nothing is stepped, all waits in the inbox), woken late, or dead.
import { openGroup } from '#core/group/group.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';
import type { Effect } from '#core/supervision/effect.ts';
import type { Event } from '#core/supervision/event.ts';
import type { State, Step } from '#core/supervision/state.ts';
import { openState } from '#core/supervision/state.ts';
import { step, wakeAtMs } from '#core/supervision/step.ts';

import { roleOf, selfOf } from './plan.ts';
import type { Queue } from './queue.ts';

type WithoutTime<E> = E extends Event ? Omit<E, 'atMs'> : never;
export type Happening = WithoutTime<Event>;

export type Launcher = {
  readonly rank: number;
  readonly incarnation: string;
  readonly plan: LaunchPlan;
  readonly links: Set<number>;
  state: State;
  life: 'running' | 'frozen' | 'dead' | 'left';
  listening: boolean;
  exitCode: number | null;
  seq: number;
  steps: number;
  push: (happening: Happening) => void;
  freeze: (forMs: number) => void;
};

export type Watch = (launcher: Launcher, before: State, event: Event, next: Step) => void;

// Which of what waited a thawed process sees first depends on the poll it was in; both orders are tried.
export type Thaw = 'inbox-first' | 'alarm-first';

export type LauncherWish = {
  readonly plan: LaunchPlan;
  readonly incarnation: string;
  readonly lateMs: number;
  readonly thaw: Thaw;
  readonly perform: (launcher: Launcher, effect: Effect) => void;
  readonly watch: Watch;
};

const longestWaitMs = 60_000;

export function openLauncher(queue: Queue, wish: LauncherWish): Launcher {
  const { plan, incarnation } = wish;
  const self = selfOf(plan, incarnation);
  // Clocks of different machines have nothing to do with each other.
  const offsetMs = 7_777_777 * (self.rank + 1);
  const clock = () => queue.nowMs() + offsetMs;
  const inbox: Happening[] = [];
  let alarm: { readonly dueMs: number; readonly fireMs: number } | null = null;
  let stepping = false;
  let thawMs = 0;

  const drain = () => {
    stepping = true;
    for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
      const before = launcher.state;
      const event = { ...next, atMs: clock() } as Event;
      const taken = step(before, event);
      launcher.state = taken.state;
      launcher.steps += 1;
      wish.watch(launcher, before, event, taken);
      for (const effect of taken.effects) wish.perform(launcher, effect);
      if (launcher.life === 'dead' || launcher.life === 'left') inbox.length = 0;
    }
    stepping = false;
    setAlarm();
  };
  const setAlarm = () => {
    if (launcher.life !== 'running') return;
    const wakeMs = wakeAtMs(launcher.state);
    if (wakeMs === Infinity) return void (alarm = null);
    const dueMs = queue.nowMs() + Math.min(longestWaitMs, Math.max(1, Math.ceil(wakeMs - clock())));
    // An alarm that is overdue rings as soon as it can, whatever else happens first.
    if (alarm !== null && (alarm.dueMs === dueMs || alarm.dueMs <= queue.nowMs())) return;
    const mine = { dueMs, fireMs: dueMs + wish.lateMs };
    alarm = mine;
    queue.at(mine.fireMs, () => alarm === mine && ring());
  };
  const ring = () => {
    if (launcher.life !== 'running' || alarm === null) return;
    const lateMs = queue.nowMs() - alarm.dueMs;
    alarm = null;
    launcher.push({ kind: 'timePassed', lateMs });
  };
  const thaw = () => {
    if (launcher.life !== 'frozen' || queue.nowMs() < thawMs) return;
    launcher.life = 'running';
    const missed = alarm !== null && alarm.fireMs < queue.nowMs();
    if (missed && wish.thaw === 'alarm-first')
      inbox.unshift({ kind: 'timePassed', lateMs: queue.nowMs() - alarm!.dueMs });
    if (missed) alarm = null;
    drain();
  };
  const launcher: Launcher = {
    rank: self.rank,
    incarnation,
    plan,
    links: new Set(),
    state: openState(self, plan, openGroup(roleOf(plan)), clock()),
    life: 'running',
    listening: false,
    exitCode: null,
    seq: 0,
    steps: 0,
    push: (happening) => {
      if (launcher.life === 'dead' || launcher.life === 'left') return;
      inbox.push(happening);
      if (!stepping && launcher.life === 'running') drain();
    },
    freeze: (forMs) => {
      if (launcher.life !== 'running' && launcher.life !== 'frozen') return;
      launcher.life = 'frozen';
      thawMs = Math.max(thawMs, queue.nowMs() + forMs);
      queue.at(thawMs, thaw);
    },
  };
  return launcher;
}
