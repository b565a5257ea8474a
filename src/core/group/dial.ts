// A worker's way to the leader: dial, wait for an answer, dial again, always with a deadline.
import type { Effect } from '#core/supervision/effect.ts';
import type { EventOf } from '#core/supervision/event.ts';

import type { Group, GroupStep } from './group.ts';
import { still } from './group.ts';

export const helloWithinMs = 5_000;
// The edge gives up by itself before; an answer that never comes must not end the dialing.
const dialWithinMs = 10_000;
export const redialMs = 500;
const lateRedialMs = 2_000;

/** Returns when the way to the leader must be looked at, in ms of our clock. */
export function dialWakeMs({ role, dial, listening, admitting }: Group): number {
  switch (dial.state) {
    case 'idle':
      return role === 'worker' && listening && admitting ? dial.nextMs : Infinity;
    case 'dialing':
      return dial.sinceMs + dialWithinMs;
    case 'open':
      return dial.sinceMs + helloWithinMs;
    case 'joined':
    case 'closed':
      return Infinity;
  }
}

/** Returns the step of a tick: an answer that is overdue ends the try, a try that is due begins. */
export function dialTick(group: Group, host: string, port: number, nowMs: number): GroupStep {
  const { dial } = group;
  if (nowMs < dialWakeMs(group)) return still(group);
  if (dial.state === 'idle') {
    const dialing = { state: 'dialing', sinceMs: nowMs, reason: dial.reason } as const;
    return { group: { ...group, dial: dialing }, effects: [{ kind: 'openLink', host, port }], news: [] };
  }
  const effects: Effect[] = dial.state === 'open' ? [{ kind: 'closeLink', link: dial.link }] : [];
  return { group: redial(group, nowMs + redialMs, 'the leader does not answer'), effects, news: [] };
}

/** Returns the step after a link to the leader opened; one that came after we gave up waiting for it is nobody's. */
export function linkOut(group: Group, { link, atMs }: EventOf<'linkOpened'>): GroupStep {
  if (group.dial.state !== 'dialing' || !group.admitting)
    return { group, effects: [{ kind: 'closeLink', link }], news: [] };
  return still({ ...group, dial: { state: 'open', link, sinceMs: atMs, reason: 'connected, no answer yet' } });
}

/** Returns the step after no link to the leader could be opened. */
export const linkFailed = (group: Group, { atMs, reason }: EventOf<'linkFailed'>): GroupStep =>
  still(group.dial.state === 'dialing' ? redial(group, atMs + redialMs, reason) : group);

/** Returns the group without a link that is gone, whoever had opened it. */
export function dropLink(group: Group, link: number, nowMs: number, reason: string): Group {
  const rest = { ...group, pending: group.pending.filter((entry) => entry.id !== link) };
  const { dial } = group;
  const ours = (dial.state === 'open' || dial.state === 'joined') && dial.link === link;
  return ours ? redial(rest, nowMs + lateRedialMs, reason) : rest;
}

/** Returns the group with the next try to reach the leader set. */
export const redial = (group: Group, nextMs: number, reason: string): Group => ({
  ...group,
  dial: { state: 'idle', nextMs, reason },
});
