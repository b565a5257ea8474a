// The first gate: the leader's name resolves.
import { renderDuration } from '#core/options.ts';

import type { EventOf } from './event.ts';
import { notInTime } from './gates.ts';
import { enterReaching } from './services.ts';
import type { Base, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { remark } from './stray.ts';

const resolveEveryMs = 1_000;

/** Returns the first step: to the first gate of the plan, or straight to the start. */
export function openGates({ base }: StateOf<'opening'>): Step {
  const gate = dnsGate(base);
  if (gate === undefined) return enterReaching(base);
  const state: State = {
    phase: 'resolving',
    base,
    deadlineMs: base.nowMs + gate.deadlineMs,
    asking: true,
    nextTryMs: base.nowMs + resolveEveryMs,
    reason: 'not tried yet',
  };
  return stay(state, { kind: 'resolveName', host: gate.target });
}

/** Returns the step after the name resolved: this node's own address is known now. */
export function nameResolved({ base }: StateOf<'resolving'>, event: EventOf<'nameResolved'>): Step {
  const node = { address: event.own, interface: event.interface };
  return enterReaching({ ...base, node });
}

/** Returns the step after a look-up that found nothing: asked again until the deadline. */
export const nameUnresolved = (state: StateOf<'resolving'>, event: { readonly reason: string }): Step =>
  stay({ ...state, asking: false, reason: event.reason });

/** Returns the step after something could not be done while the name does not resolve; a look-up is tried again. */
export const resolvingFailed = (state: StateOf<'resolving'>, event: EventOf<'effectFailed'>): Step =>
  event.effect === 'resolveName' ? nameUnresolved(state, event) : remark(state, event);

/** Returns the step of a tick while the name does not resolve. */
export function resolvingTick(state: StateOf<'resolving'>): Step {
  const { base } = state;
  const host = nameOf(base);
  const { deadlines } = base.plan.document;
  if (base.nowMs >= state.deadlineMs) {
    const message = `cannot resolve the leader's name ${JSON.stringify(host)} within the dns deadline (${renderDuration(deadlines.dns)}): ${state.reason}`;
    return notInTime(base, message);
  }
  if (state.asking || base.nowMs < state.nextTryMs) return stay(state);
  const next = { ...state, asking: true, nextTryMs: base.nowMs + resolveEveryMs };
  return stay(next, { kind: 'resolveName', host });
}

const dnsGate = ({ plan }: Base) => plan.document.gates.find((entry) => entry.kind === 'dns');

const nameOf = (base: Base): string => dnsGate(base)?.target ?? '';
