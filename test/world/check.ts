// What must hold in every run, whatever happens in it: checked at each step and at the end.
import type { Effect } from '#core/supervision/effect.ts';
import type { State } from '#core/supervision/state.ts';
import { wakeAtMs } from '#core/supervision/step.ts';

import { foldersLeft, readsWrongTail, wrongUnderRay } from './check-ray.ts';
import type { Launcher, Watch } from './launcher.ts';
import type { World } from './world.ts';

export type Check = {
  readonly watch: Watch;
  readonly broken: readonly string[];
  /** When each launcher first told its engine to stop, by incarnation, in virtual time. */
  readonly termMs: ReadonlyMap<string, number>;
  readonly phases: ReadonlyMap<string, readonly string[]>;
  /** All that is wrong, at the end of the run. */
  readonly verdict: (world: World, excused: Excuses) => readonly string[];
};

export type Excuses = {
  /** Ranks that could not talk with the leader all the time, or did not run all the time: each is a part of its own. */
  readonly apart: ReadonlySet<number>;
  /** Orphans of a launcher that was killed without them. */
  readonly orphans: boolean;
  /** Whether an asked stop may have had to kill. */
  readonly forced: boolean;
};

const mostEffects = 64;
const mostStepsPerSecond = 300;

export function openCheck(world: () => World): Check {
  const broken: string[] = [];
  const termMs = new Map<string, number>();
  const phases = new Map<string, string[]>();
  const paces = new Map<string, { second: number; steps: number; idle: number }>();
  const blame = (launcher: Launcher, what: string) =>
    broken.push(`${launcher.incarnation} at ${world().queue.nowMs()} ms: ${what}`);

  const watch: Watch = (launcher, before, event, { state, effects }) => {
    const nowMs = world().queue.nowMs();
    if (state.phase !== before.phase) remember(phases, launcher.incarnation, state.phase);
    if (effects.length > mostEffects) blame(launcher, `${effects.length} effects of one event`);
    for (const effect of effects) checkEffect(launcher, before, effect, nowMs);
    for (const what of wrongUnderRay(world(), launcher, before, { state, effects })) blame(launcher, what);
    const ends = effects.filter((effect) => effect.kind === 'finish').length;
    const wants = state.phase === 'ended' && before.phase !== 'ended' ? 1 : 0;
    if (ends !== wants || (ends > 0 && effects.at(-1)?.kind !== 'finish'))
      blame(launcher, 'the end is not the last effect');
    checkPace(launcher, state, event.kind === 'timePassed', nowMs);
  };
  const checkEffect = (launcher: Launcher, before: State, effect: Effect, nowMs: number) => {
    const id = launcher.incarnation;
    const signal = effect.kind === 'signalProcess' || effect.kind === 'sweepTree' ? effect.signal : null;
    if (signal === 'SIGTERM' && !termMs.has(id)) termMs.set(id, nowMs);
    if (signal === 'SIGKILL' && !termMs.has(id)) blame(launcher, 'SIGKILL before SIGTERM');
    if (readsWrongTail(launcher, effect)) blame(launcher, 'reads the last lines in the wrong place');
    if (effect.kind !== 'spawnChild') return;
    if (before.base.asked !== null || before.base.verdict !== null) blame(launcher, 'starts what is to stop');
    checkEpochs(launcher);
  };
  const checkEpochs = (launcher: Launcher) => {
    const { leader } = launcher.state.base.epoch ?? { leader: '' };
    for (const { processes } of world().nodes)
      for (const proc of processes.living()) {
        const owner = world().launchers.find((other) => other.incarnation === proc.owner);
        if (owner?.life !== 'dead' && !proc.epoch.startsWith(`${leader}/`))
          blame(launcher, `epoch ${proc.epoch} still runs`);
      }
  };
  const checkPace = (launcher: Launcher, state: State, byTime: boolean, nowMs: number) => {
    const pace = paces.get(launcher.incarnation) ?? { second: 0, steps: 0, idle: 0 };
    paces.set(launcher.incarnation, pace);
    const second = Math.floor(nowMs / 1_000);
    if (second !== pace.second) Object.assign(pace, { second, steps: 0 });
    pace.steps += 1;
    if (pace.steps === mostStepsPerSecond) blame(launcher, `busy in ${state.phase}: ${pace.steps} steps in a second`);
    const wakeMs = wakeAtMs(state);
    pace.idle = byTime && wakeMs <= state.base.nowMs ? pace.idle + 1 : 0;
    if (pace.idle === 4) blame(launcher, `turns on the spot in ${state.phase}`);
    if (wakeMs === Infinity && state.phase !== 'opening' && state.phase !== 'ended')
      blame(launcher, `waits without a deadline in ${state.phase}`);
  };
  const verdict = (over: World, excused: Excuses) => [...broken, ...endsOf(over, excused)];
  return { watch, broken, termMs, phases, verdict };
}

function endsOf(world: World, { apart, orphans, forced }: Excuses): string[] {
  const wrong: string[] = [];
  const running = world.launchers.filter((launcher) => launcher.life === 'running' || launcher.life === 'frozen');
  for (const launcher of running)
    if (launcher.state.phase !== 'ready') wrong.push(`${launcher.incarnation} is stuck in ${launcher.state.phase}`);
  if (running.length > 0 && running.length < world.nodes.length)
    wrong.push(`half a group runs: ${running.map((launcher) => launcher.rank).join(', ')}`);
  for (const { processes } of world.nodes)
    for (const proc of processes.living()) {
      const owner = world.launchers.find((launcher) => launcher.incarnation === proc.owner);
      if (owner?.life === 'left' || (owner?.life === 'dead' && !orphans)) wrong.push(`left running: ${proc.title}`);
    }
  return [...wrong, ...foldersLeft(world), ...causesOf(world, apart, forced)];
}

/** Returns what a launcher says of its end, as far as all of a part must agree in it. */
export function causeOf(launcher: Launcher): string {
  const { verdict } = launcher.state.base;
  if (verdict === null || verdict.cause.kind === 'stop-forced') return 'asked';
  const { kind, rank, process, code } = verdict.cause;
  return `${kind} rank ${rank} ${process ?? '-'} ${code}`;
}

// One cause and one status in each start of the group, among those that could talk with its leader to the end.
function causesOf(world: World, apart: ReadonlySet<number>, forced: boolean): string[] {
  const wrong: string[] = [];
  const epochs = new Map<string, Launcher[]>();
  for (const launcher of world.launchers) {
    const { epoch } = launcher.state.base;
    if (launcher.life !== 'left' || epoch === null) continue;
    if (launcher.exitCode === 0 && causeOf(launcher) !== 'asked')
      wrong.push(`${launcher.incarnation} left with 0 unasked`);
    if (causeOf(launcher) === 'asked' && launcher.exitCode !== 0 && !(forced && launcher.exitCode === 137))
      wrong.push(`${launcher.incarnation} was asked and left with ${launcher.exitCode}`);
    if (!apart.has(launcher.rank)) remember(epochs, epoch.leader, launcher);
  }
  for (const [epoch, members] of epochs) {
    const leads = members.some((launcher) => launcher.incarnation === epoch);
    const causes = new Set(members.map(causeOf));
    if (leads && causes.size > 1) wrong.push(`two causes: ${[...causes].join(' / ')}`);
  }
  return wrong;
}

function remember<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
