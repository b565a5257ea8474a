// From the plan to the end: the loop runs, the rooms are wired to it, and the exit status comes back.
import { openGroup } from '#core/group/group.ts';
import type { Self } from '#core/group/group.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';
import { openState } from '#core/supervision/state.ts';
import type { State } from '#core/supervision/state.ts';
import type { EffectOf } from '#core/supervision/effect.ts';
import { nowMs } from '#edge/clock.ts';
import { openEngine } from '#edge/engine.ts';
import type { Journal } from '#edge/journal.ts';
import type { Links } from '#edge/links.ts';
import { openLoop } from '#edge/loop.ts';
import type { Loop, Occurrence } from '#edge/loop.ts';
import { drainOutput } from '#edge/output/drain.ts';
import type { Relay } from '#edge/output/relay.ts';
import { relay } from '#edge/output/relay.ts';
import type { Tail } from '#edge/output/tail.ts';
import { openPerformer } from '#edge/perform.ts';
import type { AskRay } from '#edge/perform.ts';
import type { Child } from '#edge/processes/spawn.ts';

import { openNet } from './broken.ts';
import { listenToSignals } from './signals.ts';
import type { SignalQueue } from './signals.ts';

/** What differs between `run` and `exec`. */
export type Supervision = {
  readonly plan: LaunchPlan;
  readonly env: Readonly<Record<string, string>>;
  readonly signals: SignalQueue;
  readonly self: Self;
  readonly output: 'relay' | 'inherit';
  readonly terminal: boolean;
  readonly tail: Tail;
  readonly journal: Journal;
  readonly links: (push: (event: Occurrence) => void) => Links;
  readonly askRay: AskRay;
  readonly say: (level: EffectOf<'say'>['level'], message: string) => void;
  readonly writeTermination: (state: State) => void;
};

export type Supervised = {
  readonly loop: Loop;
  readonly lastLines: () => readonly string[];
  /** The exit status, when all is over and the child's output is out. */
  readonly ended: Promise<number>;
};

/** Starts supervising and returns at once; the first effects, a spawn among them, are performed already. */
export function supervise(world: Supervision): Supervised {
  const { plan, self, tail } = world;
  const relays: Relay[] = [];
  let finish: (code: number) => void = () => undefined;
  const finished = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const push = (event: Occurrence) => loop.push(event);
  const attach = ({ stdout, stderr }: Child) => {
    const onReaderGone = (reason: string) => world.say('warn', `nobody reads our output any more: ${reason}`);
    if (stdout !== null) relays.push(relay(stdout, 'stdout', tail, { onReaderGone }));
    if (stderr !== null) relays.push(relay(stderr, 'stderr', tail, { onReaderGone }));
  };
  const engine = openEngine({ ...world, attach, push });
  const links = world.links(push);
  const perform = openPerformer({ ...world, engine, links, finish, push });
  const role = plan.fate !== 'together' ? 'none' : self.rank === 0 ? 'leader' : 'worker';
  const loop = openLoop(openState(self, plan, openGroup(role), nowMs()), perform, world.journal);
  const takeNetAway = openNet({ loop, say: world.say, finish });
  loop.push({ kind: 'launchRequested' });
  listenToSignals(world.signals, ({ name }) => loop.push({ kind: 'signalReceived', signal: name }));
  const ended = finished.then(async (code) => {
    await Promise.all([links.closeAll(), drainOutput(relays)]);
    takeNetAway();
    return code;
  });
  return { loop, lastLines: engine.lastLines, ended };
}

/** Returns who a launcher is by its plan, under the names that are given. */
export const selfOf = ({ document, host, fingerprint }: LaunchPlan, incarnation: string, key: string): Self => ({
  incarnation,
  rank: document.identity.rank ?? 0,
  size: document.identity.size ?? 1,
  host,
  group: document.identity.group,
  generation: document.identity.generation,
  groupPort: document.ports.group ?? 0,
  key,
  fingerprint,
  fields: [],
});

/** The links of a launcher that has none. */
export const noLinks: Links = {
  listen: () => Promise.resolve(),
  closeListener: () => undefined,
  dial: () => Promise.resolve(),
  send: () => undefined,
  close: () => undefined,
  closeAll: () => Promise.resolve(),
};

/** The Ray of a launcher that has none. */
export const noRay: AskRay = () => Promise.reject(new Error('there is no Ray in the plan'));
