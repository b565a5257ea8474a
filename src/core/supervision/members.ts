// What the words and the losses of members mean, phase by phase. couplings.ts says which of these stands where.
import { launcherCause } from '#core/group/cause.ts';
import type { News } from '#core/group/group.ts';

import type { Effect } from './effect.ts';
import { lossOf } from './ending.ts';
import { endWith, fault } from './fault.ts';
import { allIn } from './gates.ts';
import { enterStarting } from './serving.ts';
import { settlingTick } from './settle.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { askedByMember, hurry } from './stop.ts';
import { askedCause, causeBody } from './tell.ts';
import { terminateEngine } from './terminate.ts';
import type { Late } from './turn.ts';
import { cutShort, turnToAsked, turnToFault } from './turn.ts';
import { judged, tellJudged } from './verdict.ts';

type Of<K extends News['kind']> = Extract<News, { kind: K }>;
type Serving = StateOf<'assembling' | 'starting' | 'ready'>;

/** Returns the step after a member came in: the start, if it was the last one. */
export function joined(state: StateOf<'joining'>, news: Of<'joined'>): Step {
  const step = allIn(state);
  return { state: step.state, effects: [say('info', `rank ${news.rank} (${news.host}) is in`), ...step.effects] };
}

/** Returns the step after a member went before the start: nothing runs yet, it may come back. */
export const goneEarly = (state: State, { rank, host, how }: Of<'gone'>): Step =>
  stay(state, say('warn', `rank ${rank} (${host}) is gone again (${how})`));

/** Returns the step after a member told why it does not wait any longer: that is no reason for us. */
export const gaveUp = (state: State, { rank, cause }: Of<'reported'>): Step =>
  stay(state, say('warn', `rank ${rank} gave up: ${cause.message}`));

/** Returns the step after the leader refused us. */
export function refused({ base }: StateOf<'joining'>, news: Of<'refused'>): Step {
  const { rank, host } = base.self;
  const message = `cannot join: the leader refused us: ${news.reason}`;
  return endWith(base, launcherCause('refused', news.name, message, { rank, host, seenBy: rank }), 'seen');
}

/** Returns the step after the leader started the group. */
export const start = (state: StateOf<'joining'>, news: Of<'start'>): Step =>
  enterStarting(state.base, news.epoch, [say('info', 'the leader started the group')]);

/** Returns the step after the leader ended the waiting for all. */
export const stopEarly = (state: StateOf<'joining'>, news: Of<'stop'>): Step =>
  news.mode === 'fault'
    ? endWith(state.base, news.cause, 'heard', news.happenedMs)
    : askedByMember(state, 'the leader');

/** Returns the step after a member is gone while the engine runs: nobody runs on without it. */
export function gone(state: Serving, news: Of<'gone'>): Step {
  // It was asked to stop while our word to start was on its way.
  if (news.how === 'left' && news.code === 0) return askedByMember(state, `rank ${news.rank}`);
  const { cause, happenedMs } = lossOf(state.base, news);
  const step = fault(state, cause, 'seen', happenedMs);
  return { state: step.state, effects: [...step.effects, ...lastWord(step.state.base, news)] };
}

// A wedged launcher may wake up: then it reads here what happened to it.
function lastWord(base: Base, news: Of<'gone'>): Effect[] {
  const { link, how } = news;
  if (link === null || how !== 'wedged') return [];
  return [{ kind: 'sendFrame', link, epoch: base.epoch, body: causeBody(base, lossOf(base, news)) }];
}

/** Returns the step after a worker reported a cause. */
export const reported = (state: Serving, news: Of<'reported'>): Step =>
  fault(state, news.cause, 'heard', news.happenedMs);

/** Returns the step after a worker was asked to stop. */
export const stopAsked = (state: Serving, news: Of<'stop-asked'>): Step => askedByMember(state, news.by);

/** Returns the step after the leader told all to stop. */
export const stop = (state: Serving, news: Of<'stop'>): Step =>
  news.mode === 'fault' ? fault(state, news.cause, 'heard', news.happenedMs) : askedByMember(state, 'the leader');

/** Returns the step after a member is gone while we drain: the engine cannot serve without it. */
export const goneWhileDraining = (state: StateOf<'draining'>): Step => terminateEngine(state);

/** Returns the step after the leader's engine has drained. */
export const leaderDrained = (state: StateOf<'draining'>): Step => terminateEngine(state);

/** Returns the step after a worker reported a cause while the leader stops as asked: it is told what the stop is. */
export function reportedWhileAsked(state: StateOf<'draining'> | Late, news: Of<'reported'>): Step {
  const step = cutShort(state);
  const { base } = state;
  const body = { kind: 'verdict', cause: askedCause(base) } as const;
  const links = base.group.peers.filter((peer) => peer.rank === news.rank);
  const answer = links.map(({ link }): Effect => ({ kind: 'sendFrame', link, epoch: base.epoch, body }));
  return { state: step.state, effects: [...answer, ...step.effects] };
}

/** Returns the step after the leader told a worker that drains to stop. */
export function stopWhileDraining(state: StateOf<'draining'>, news: Of<'stop'>): Step {
  if (news.mode === 'fault') return turnToFault(state, news.cause, news.happenedMs);
  return news.mode === 'hurry' ? hurry(state) : stay(state);
}

/** Returns the step after a member is gone while we stop: it may be the better cause, unless it said goodbye. */
export function goneLate(state: Late, news: Of<'gone'>): Step {
  if (news.how === 'left' || state.mode === 'asked') return settled(stay(state));
  const { cause, happenedMs } = lossOf(state.base, news);
  const base = judged(state.base, cause, happenedMs);
  return settled(stay({ ...state, base }, ...tellJudged(state.base, base, cause, 'seen')));
}

/** Returns the step after a worker reported a cause while the leader stops. */
export const reportedLate = (state: Late, news: Of<'reported'>): Step =>
  state.mode === 'asked' ? reportedWhileAsked(state, news) : heardLate(state, news);

/** Returns the step after the leader said while we stop that all are to stop, and why. */
export function stopLate(state: Late, news: Of<'stop'>): Step {
  if (news.mode === 'hurry') return hurry(state);
  if (news.mode === 'fault')
    return state.mode === 'asked' ? turnToFault(state, news.cause, news.happenedMs) : heardLate(state, news);
  const { base } = state;
  return stay({ ...state, base: { ...base, asked: base.asked ?? { by: 'the leader', atMs: base.nowMs } } });
}

function heardLate(state: Late, news: Of<'stop' | 'reported'>): Step {
  const base = judged(state.base, news.cause, news.happenedMs);
  return stay({ ...state, base }, ...tellJudged(state.base, base, news.cause, 'heard'));
}

/** Returns the step after the leader's verdict: it is final for every member that can hear it. */
export function verdict(state: Late, news: Of<'verdict'>): Step {
  if (news.cause.kind === 'asked') return settled(turnToAsked(state));
  const step = state.mode === 'asked' ? turnToFault(state, news.cause, state.base.nowMs) : stay(state);
  const { base } = step.state;
  if (base.verdict === null) return step;
  const final = { ...base.verdict, cause: news.cause, frozen: true };
  return settled({ state: { ...step.state, base: { ...base, verdict: final } }, effects: step.effects });
}

// Nothing may be left to wait for.
function settled(step: Step): Step {
  if (step.state.phase !== 'settling') return step;
  const next = settlingTick(step.state);
  return { state: next.state, effects: [...step.effects, ...next.effects] };
}

const say = (level: 'info' | 'warn', message: string): Effect => ({ kind: 'say', level, message });
