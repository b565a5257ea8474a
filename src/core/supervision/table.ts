// The machine, whole: [phase][event]. Every cell is a function or the word 'ignored'; a new event or phase does not
// compile until each cell of it is written. Events of links belong to the group's own machine (core/group/step.ts).
import { broke, brokeEarly, brokeLate } from './broke.ts';
import type { Event } from './event.ts';
import { allIn, joiningFailed, joiningTick, listenerFailed } from './gates.ts';
import { nameResolved, nameUnresolved, openGates, resolvingFailed, resolvingTick } from './names.ts';
import { childExited, childSpawned, engineProbed, processesSeen, servingTick, spawnFailed } from './serving.ts';
import { assemblingTick, leaderProbed, rayAnswered, raySpawned } from './ray.ts';
import { rayWatched } from './ray-watch.ts';
import { reachingFailed, reachingTick, servicesTried } from './services.ts';
import { settlingTick } from './settle.ts';
import type { PhaseName, StateOf, Step } from './state.ts';
import { drainingTick, lookedWhileDraining, signalReceived, stoppingTick } from './stop.ts';
import { endedAsTold, endedWhileDraining, neverSpawned, seenWhileStopping, spawnedTooLate } from './stopping-child.ts';
import { killStray, lastTailRead, remark, statusPortTaken, sweepStray, tailRead } from './stray.ts';
import { endedInSweep, neverSwept, sweepingTick, treeSwept } from './sweep.ts';

type GroupKind = 'linkOpened' | 'linkFailed' | 'frameReceived' | 'frameRejected' | 'linkClosed' | 'peerProbed';
export type TableEvent = Exclude<Event, { kind: GroupKind }>;

type Row<P extends PhaseName> = {
  readonly [K in TableEvent['kind']]:
    'ignored' | ((state: StateOf<P>, event: Extract<TableEvent, { kind: K }>) => Step);
};

export type Table = { readonly [P in PhaseName]: Row<P> };

// Before the start there are no processes; each gate answers its own events.
const unbegun = {
  launchRequested: 'ignored',
  signalReceived,
  timePassed: 'ignored',
  nameResolved: 'ignored',
  nameUnresolved: 'ignored',
  servicesTried: 'ignored',
  listenerOpened: 'ignored',
  listenerFailed: 'ignored',
  childSpawned: 'ignored',
  spawnFailed: 'ignored',
  childExited: 'ignored',
  processesSeen: 'ignored',
  treeSwept: 'ignored',
  engineProbed: 'ignored',
  tailRead: 'ignored',
  rayAnswered: 'ignored',
  launcherBroke: brokeEarly,
  statusPortTaken,
} as const;

// After the start nothing of the gates may come any more.
const begun = {
  launchRequested: 'ignored',
  nameResolved: 'ignored',
  nameUnresolved: 'ignored',
  servicesTried: 'ignored',
  listenerOpened: 'ignored',
  listenerFailed: 'ignored',
} as const;

// While something of ours runs and nobody was told to stop.
const serving = {
  ...begun,
  signalReceived,
  childExited,
  processesSeen,
  treeSwept: 'ignored',
  tailRead: 'ignored',
  statusPortTaken,
  launcherBroke: broke,
  effectFailed: remark,
} as const;

export const table: Table = {
  opening: { ...unbegun, launchRequested: openGates, effectFailed: remark },
  resolving: {
    ...unbegun,
    timePassed: resolvingTick,
    nameResolved,
    nameUnresolved,
    effectFailed: resolvingFailed,
  },
  reaching: { ...unbegun, timePassed: reachingTick, servicesTried, effectFailed: reachingFailed },
  joining: { ...unbegun, timePassed: joiningTick, listenerOpened: allIn, listenerFailed, effectFailed: joiningFailed },
  assembling: {
    ...serving,
    timePassed: assemblingTick,
    childSpawned: raySpawned,
    spawnFailed,
    engineProbed: leaderProbed,
    rayAnswered,
  },
  starting: {
    ...serving,
    timePassed: servingTick,
    childSpawned,
    spawnFailed,
    engineProbed,
    rayAnswered: rayWatched,
  },
  ready: {
    ...serving,
    timePassed: servingTick,
    childSpawned: 'ignored',
    spawnFailed: 'ignored',
    engineProbed,
    rayAnswered: rayWatched,
  },
  draining: {
    ...begun,
    signalReceived,
    timePassed: drainingTick,
    childSpawned: spawnedTooLate,
    spawnFailed: neverSpawned,
    childExited: endedWhileDraining,
    processesSeen: lookedWhileDraining,
    treeSwept: 'ignored',
    engineProbed: 'ignored',
    tailRead: 'ignored',
    rayAnswered: 'ignored',
    statusPortTaken,
    launcherBroke: brokeLate,
    effectFailed: remark,
  },
  stopping: {
    ...begun,
    signalReceived,
    timePassed: stoppingTick,
    childSpawned: spawnedTooLate,
    spawnFailed: neverSpawned,
    childExited: endedAsTold,
    processesSeen: seenWhileStopping,
    treeSwept: 'ignored',
    engineProbed: 'ignored',
    tailRead,
    rayAnswered: 'ignored',
    statusPortTaken,
    launcherBroke: brokeLate,
    effectFailed: remark,
  },
  sweeping: {
    ...begun,
    signalReceived,
    timePassed: sweepingTick,
    childSpawned: sweepStray,
    spawnFailed: neverSwept,
    childExited: endedInSweep,
    processesSeen: 'ignored',
    treeSwept,
    engineProbed: 'ignored',
    tailRead,
    rayAnswered: 'ignored',
    statusPortTaken,
    launcherBroke: brokeLate,
    effectFailed: remark,
  },
  settling: {
    ...begun,
    signalReceived,
    timePassed: settlingTick,
    childSpawned: killStray,
    spawnFailed: 'ignored',
    childExited: 'ignored',
    processesSeen: 'ignored',
    treeSwept: 'ignored',
    engineProbed: 'ignored',
    tailRead: lastTailRead,
    rayAnswered: 'ignored',
    statusPortTaken,
    launcherBroke: brokeLate,
    effectFailed: remark,
  },
  ended: {
    ...begun,
    signalReceived: 'ignored',
    timePassed: 'ignored',
    childSpawned: killStray,
    spawnFailed: 'ignored',
    childExited: 'ignored',
    processesSeen: 'ignored',
    treeSwept: 'ignored',
    engineProbed: 'ignored',
    tailRead: 'ignored',
    rayAnswered: 'ignored',
    statusPortTaken: 'ignored',
    launcherBroke: 'ignored',
    effectFailed: 'ignored',
  },
};
