// The gate of kind service: what the engine connects to when it starts is reachable. An engine that is started before that
// ends at once (Dynamo's runtime with etcd), and takes the group with it.
import { renderDuration } from '#core/options.ts';
import { inUrl } from '#core/plan/node-env.ts';
import type { Service } from '#core/plan/plan.ts';

import type { EventOf } from './event.ts';
import { enterJoining, notInTime } from './gates.ts';
import type { Base, MissingService, State, StateOf, Step } from './state.ts';
import { stay } from './state.ts';
import { remark } from './stray.ts';

const tryEveryMs = 1_000;

/** Returns the step into this gate, or to the next one where the engine needs no services. */
export function enterReaching(base: Base): Step {
  const { services } = base.plan.needs;
  const gate = base.plan.document.gates.find(({ kind }) => kind === 'service');
  if (gate === undefined || services.length === 0) return enterJoining(base);
  const missing = services.map((service): MissingService => ({ service, reason: 'not tried yet' }));
  return tryAll({
    phase: 'reaching',
    base,
    deadlineMs: base.nowMs + gate.deadlineMs,
    asking: true,
    nextTryMs: base.nowMs + tryEveryMs,
    missing,
  });
}

/** Returns the step after connections were tried: on to the next gate once each service was reached. */
export function servicesTried(state: StateOf<'reaching'>, { reasons }: EventOf<'servicesTried'>): Step {
  const missing = state.missing.flatMap(({ service }, index): MissingService[] => {
    const reason = reasons[index];
    return reason === null ? [] : [{ service, reason: reason ?? 'not tried yet' }];
  });
  return missing.length === 0 ? enterJoining(state.base) : stay({ ...state, asking: false, missing });
}

/** Returns the step after something could not be done at this gate; connections are tried again. */
export const reachingFailed = (state: StateOf<'reaching'>, event: EventOf<'effectFailed'>): Step =>
  event.effect === 'tryServices'
    ? stay({ ...state, asking: false, missing: state.missing.map((one) => ({ ...one, reason: event.reason })) })
    : remark(state, event);

/** Returns the step of a tick while a service is not reachable. */
export function reachingTick(state: StateOf<'reaching'>): Step {
  const { base, deadlineMs, asking, nextTryMs } = state;
  if (base.nowMs >= deadlineMs) {
    const { dns } = base.plan.document.deadlines;
    const message = `cannot start: ${missingServices(state)} within the dns deadline (${renderDuration(dns)})`;
    return notInTime(base, message);
  }
  if (asking || base.nowMs < nextTryMs) return stay(state);
  return tryAll({ ...state, asking: true, nextTryMs: base.nowMs + tryEveryMs });
}

/** Returns which services are not reachable, where and why, as a phrase. */
export const missingServices = ({ missing }: StateOf<'reaching'>): string =>
  missing
    .map(({ service, reason }) => `${service.name} at ${placesOf(service)} is not reachable (${reason})`)
    .join(', ');

const placesOf = ({ places }: Service): string => places.map(({ host, port }) => `${inUrl(host)}:${port}`).join(' or ');

const tryAll = (state: State & { readonly phase: 'reaching' }): Step =>
  stay(state, { kind: 'tryServices', services: state.missing.map(({ service }) => service) });
