// Where the group link meets the phases: [phase][news]. The only place that couples the two machines.
import type { News } from '#core/group/group.ts';

import {
  gaveUp,
  gone,
  goneEarly,
  goneLate,
  goneWhileDraining,
  joined,
  leaderDrained,
  refused,
  reported,
  reportedLate,
  reportedWhileAsked,
  start,
  stop,
  stopAsked,
  stopEarly,
  stopLate,
  stopWhileDraining,
  verdict,
} from './members.ts';
import type { PhaseName, StateOf, Step } from './state.ts';

type Row<P extends PhaseName> = {
  readonly [K in News['kind']]: 'ignored' | ((state: StateOf<P>, news: Extract<News, { kind: K }>) => Step);
};

export type Couplings = { readonly [P in PhaseName]: Row<P> };

// Nobody can be heard yet, or any more.
const deaf = {
  joined: 'ignored',
  gone: 'ignored',
  refused: 'ignored',
  start: 'ignored',
  reported: 'ignored',
  'stop-asked': 'ignored',
  stop: 'ignored',
  drained: 'ignored',
  verdict: 'ignored',
} as const;

// From the common start on, whatever of this node's runs by then.
const running = {
  joined: 'ignored',
  gone,
  refused: 'ignored',
  start: 'ignored',
  reported,
  'stop-asked': stopAsked,
  stop,
  drained: 'ignored',
  verdict: 'ignored',
} as const;

// The engine was told to end, or has: what is heard can change the cause and nothing else.
const ending = {
  joined: 'ignored',
  gone: goneLate,
  refused: 'ignored',
  start: 'ignored',
  reported: reportedLate,
  'stop-asked': 'ignored',
  stop: stopLate,
  drained: 'ignored',
  verdict,
} as const;

export const couplings: Couplings = {
  opening: deaf,
  resolving: deaf,
  reaching: deaf,
  joining: {
    joined,
    gone: goneEarly,
    refused,
    start,
    reported: gaveUp,
    'stop-asked': 'ignored',
    stop: stopEarly,
    drained: 'ignored',
    verdict: 'ignored',
  },
  assembling: running,
  starting: running,
  ready: running,
  draining: {
    joined: 'ignored',
    gone: goneWhileDraining,
    refused: 'ignored',
    start: 'ignored',
    reported: reportedWhileAsked,
    'stop-asked': 'ignored',
    stop: stopWhileDraining,
    drained: leaderDrained,
    verdict: 'ignored',
  },
  stopping: ending,
  sweeping: ending,
  settling: ending,
  ended: deaf,
};
