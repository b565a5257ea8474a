// Where the group link meets the phases: [phase][news]. The only place that couples the two machines.
import type { News } from '#core/group/group.ts';

import { lossCause } from './ending.ts';
import { fault } from './fault.ts';
import { allIn } from './gates.ts';
import { launcherCause } from '#core/group/cause.ts';
import { enterStarting } from './serving.ts';
import { settlingTick } from './settle.ts';
import type { PhaseName, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { askedByMember, hurry, terminateEngine } from './stop.ts';

type Row<P extends PhaseName> = {
  readonly [K in News['kind']]: 'ignored' | ((state: StateOf<P>, news: Extract<News, { kind: K }>) => Step);
};

export type Couplings = { readonly [P in PhaseName]: Row<P> };

type Of<K extends News['kind']> = Extract<News, { kind: K }>;

const joined = (state: StateOf<'joining'>, news: Of<'joined'>): Step => {
  const step = allIn(state);
  const say = { kind: 'say', level: 'info', message: `rank ${news.rank} (${news.host}) is in` } as const;
  return { state: step.state, effects: [say, ...step.effects] };
};

// Nothing runs yet: a member that goes may come back.
const goneEarly = (state: State, news: Of<'gone'>): Step =>
  stay(state, { kind: 'say', level: 'warn', message: `rank ${news.rank} (${news.host}) is gone again (${news.how})` });

const refused = (state: StateOf<'joining'>, news: Of<'refused'>): Step => {
  const message = `cannot join: the leader refused us: ${news.reason}`;
  const { self } = state.base;
  return fault(
    state,
    launcherCause('refused', news.name, message, { rank: self.rank, host: self.host, seenBy: self.rank }),
  );
};

const start = (state: StateOf<'joining'>, news: Of<'start'>): Step =>
  enterStarting(state.base, news.epoch, [{ kind: 'say', level: 'info', message: 'the leader started the group' }]);

const gone = (state: State, news: Of<'gone'>): Step => fault(state, lossCause(state.base, news));

// After `leaving` a closed link is no death, and while we stop nobody's leaving is a cause.
const goneWhileStopping = (state: State, news: Of<'gone'>): Step =>
  news.how === 'left' ? stay(state) : gone(state, news);

const reported = (state: State, news: Of<'reported'>): Step => fault(state, news.cause, news.happenedMs);

const stopAsked = (state: State, news: Of<'stop-asked'>): Step => askedByMember(state, news.by);

const stop = (state: State, news: Of<'stop'>): Step => {
  if (news.mode === 'fault') return fault(state, news.cause, news.happenedMs);
  return news.mode === 'hurry' ? hurry(state) : askedByMember(state, 'the leader');
};

const leaderGone = (state: StateOf<'draining'>): Step =>
  state.waitsFor === 'leader' ? terminateEngine(state) : stay(state);

// The last one we could have heard from is gone: nothing more can amend the cause.
const goneLate = (state: StateOf<'settling'>): Step => settlingTick(state);

/** The leader's verdict is final for every member that can hear it. */
const verdict = (state: StateOf<'stopping' | 'sweeping' | 'settling'>, news: Of<'verdict'>): Step => {
  const { base } = state;
  if (state.mode === 'asked') return stay(state);
  const happenedMs = base.verdict?.happenedMs ?? base.nowMs;
  const final = { cause: news.cause, happenedMs, freezeAtMs: base.nowMs, frozen: true };
  const next = { ...state, base: { ...base, verdict: final } };
  return next.phase === 'settling' ? settlingTick(next) : stay(next);
};

export const couplings: Couplings = {
  opening: {
    joined: 'ignored',
    gone: 'ignored',
    refused: 'ignored',
    start: 'ignored',
    reported: 'ignored',
    'stop-asked': 'ignored',
    stop: 'ignored',
    drained: 'ignored',
    verdict: 'ignored',
  },
  resolving: {
    joined: 'ignored',
    gone: 'ignored',
    refused: 'ignored',
    start: 'ignored',
    reported: 'ignored',
    'stop-asked': 'ignored',
    stop: 'ignored',
    drained: 'ignored',
    verdict: 'ignored',
  },
  joining: {
    joined,
    gone: goneEarly,
    refused,
    start,
    reported,
    'stop-asked': stopAsked,
    stop,
    drained: 'ignored',
    verdict: 'ignored',
  },
  starting: {
    joined: 'ignored',
    gone,
    refused: 'ignored',
    start: 'ignored',
    reported,
    'stop-asked': stopAsked,
    stop,
    drained: 'ignored',
    verdict: 'ignored',
  },
  ready: {
    joined: 'ignored',
    gone,
    refused: 'ignored',
    start: 'ignored',
    reported,
    'stop-asked': stopAsked,
    stop,
    drained: 'ignored',
    verdict: 'ignored',
  },
  draining: {
    joined: 'ignored',
    gone: leaderGone,
    refused: 'ignored',
    start: 'ignored',
    reported: 'ignored',
    'stop-asked': 'ignored',
    stop,
    drained: leaderGone,
    verdict: 'ignored',
  },
  stopping: {
    joined: 'ignored',
    gone: goneWhileStopping,
    refused: 'ignored',
    start: 'ignored',
    reported,
    'stop-asked': 'ignored',
    stop,
    drained: 'ignored',
    verdict,
  },
  sweeping: {
    joined: 'ignored',
    gone: goneWhileStopping,
    refused: 'ignored',
    start: 'ignored',
    reported,
    'stop-asked': 'ignored',
    stop,
    drained: 'ignored',
    verdict,
  },
  settling: {
    joined: 'ignored',
    gone: goneLate,
    refused: 'ignored',
    start: 'ignored',
    reported,
    'stop-asked': 'ignored',
    stop,
    drained: 'ignored',
    verdict,
  },
  ended: {
    joined: 'ignored',
    gone: 'ignored',
    refused: 'ignored',
    start: 'ignored',
    reported: 'ignored',
    'stop-asked': 'ignored',
    stop: 'ignored',
    drained: 'ignored',
    verdict: 'ignored',
  },
};
