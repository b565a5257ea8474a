// An exception of our own that nobody caught: our bug, and a fault like any other. The group ends for it, and nothing is left.
import type { Cause } from '#core/group/cause.ts';
import { launcherCause } from '#core/group/cause.ts';

import type { EventOf } from './event.ts';
import { endWith, fault } from './fault.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';

type Broke = EventOf<'launcherBroke'>;

/** Returns the step of an internal error before anything was started. */
export const brokeEarly = ({ base }: State, event: Broke): Step => endWith(base, internalCause(base, event), 'seen');

/** Returns the step of an internal error while the engine runs. */
export const broke = (state: StateOf<'assembling' | 'starting' | 'ready'>, event: Broke): Step =>
  fault(state, internalCause(state.base, event), 'seen');

/** Returns the step of an internal error while all stops anyway: said, and the stop goes on. */
export const brokeLate = (state: State, event: Broke): Step =>
  stay(state, { kind: 'say', level: 'error', message: sentence(state.base, event) });

const internalCause = (base: Base, event: Broke): Cause => {
  const { rank, host } = base.self;
  return launcherCause('internal', 'internal', sentence(base, event), { rank, host, seenBy: rank });
};

const sentence = ({ self }: Base, { reason }: Broke): string =>
  `cannot go on: internal error in the launcher of rank ${self.rank} (${self.host}): ${reason}; please report it`;
