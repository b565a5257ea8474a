// The last gate before the start: all members are in. Those before it stand in names.ts and services.ts.
import { launcherCause } from '#core/group/cause.ts';
import { missingRanks } from '#core/group/group.ts';
import type { Epoch } from '#core/group/message.ts';
import { renderDuration } from '#core/options.ts';

import type { Effect } from './effect.ts';
import type { EventOf } from './event.ts';
import { endWith } from './fault.ts';
import { enterStarting } from './serving.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { remark } from './stray.ts';

/** Returns the step into the group gate, or to the start where there is no group. */
export function enterJoining(base: Base): Step {
  if (base.plan.fate !== 'together') return enterStarting(base, ownEpoch(base), []);
  const { group, peer } = base.plan.document.deadlines;
  // The leader gives up first: it knows who is missing, and all leave with that one cause.
  const deadlineMs = base.nowMs + group + (base.self.rank === 0 ? 0 : peer);
  const state: State = { phase: 'joining', base, deadlineMs };
  return stay(state, { kind: 'openListener', port: base.self.groupPort });
}

/** Returns the step at the group gate: the leader starts all as soon as all are in. */
export function allIn(state: StateOf<'joining'>): Step {
  const { base } = state;
  if (base.self.rank !== 0 || !base.group.listening || missingRanks(base.group, base.self).length > 0)
    return stay(state);
  const epoch = ownEpoch(base);
  const tell = base.group.peers.map((peer): Effect => ({
    kind: 'sendFrame',
    link: peer.link,
    epoch,
    body: { kind: 'start', epoch },
  }));
  const say: Effect = {
    kind: 'say',
    level: 'info',
    message: `all ${base.self.size} members are in; starting together`,
  };
  return enterStarting(base, epoch, [...tell, say]);
}

/** Returns the step of a tick at the group gate. */
export function joiningTick(state: StateOf<'joining'>): Step {
  const { base } = state;
  if (base.nowMs < state.deadlineMs) return allIn(state);
  const missing = missingRanks(base.group, base.self);
  const gate = renderDuration(base.plan.document.deadlines.group);
  const refused = base.group.refusals
    .filter((entry) => entry.rank !== null)
    .map((entry) => `; rank ${entry.rank} was refused: ${entry.reason}`)
    .join('');
  const message =
    base.self.rank === 0
      ? `cannot start: rank ${missing.join(', ')} did not say hello within the group deadline (${gate})${refused}`
      : `cannot start: ${workerWaits(base)} within the group deadline (${gate})`;
  return notInTime(base, message);
}

/** Returns the step after the group port could not be opened. */
export const listenerFailed = ({ base }: StateOf<'joining'>, event: { readonly reason: string }): Step =>
  endWith(base, launcherCause('os', 'os', `cannot open the group port: ${event.reason}`, here(base)), 'seen');

/** Returns the step after something could not be done at the group gate; without a group port there is no group. */
export const joiningFailed = (state: StateOf<'joining'>, event: EventOf<'effectFailed'>): Step =>
  event.effect === 'openListener' ? listenerFailed(state, event) : remark(state, event);

/** Returns what a worker waits for, as a phrase. */
export function workerWaits({ group, plan }: Base): string {
  const leader = plan.document.identity.leader;
  const where = leader === null ? 'the leader' : `the leader at ${leader.host}:${leader.port}`;
  if (group.dial.state === 'joined') return `${where} did not start the group`;
  return `${where} did not let us in (${group.dial.state === 'closed' ? 'closed' : group.dial.reason})`;
}

/** Returns the step of a gate that did not open in time: there is nothing to stop. */
export const notInTime = (base: Base, message: string): Step =>
  endWith(base, launcherCause('gate-timeout', 'unreachable', message, here(base)), 'seen');

const here = ({ self }: Base) => ({ rank: self.rank, host: self.host, seenBy: self.rank });

const ownEpoch = (base: Base): Epoch => ({ leader: base.self.incarnation, counter: (base.epoch?.counter ?? 0) + 1 });
