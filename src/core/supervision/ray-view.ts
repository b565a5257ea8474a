import type { Base, RayView } from './state.ts';

// The edge answers within 2 s; an answer that never comes must not end the asking.
const answerWithinMs = 5_000;

/** What is known of Ray before it was asked. */
export const unasked: RayView = { asking: false, nextMs: 0, why: 'not asked yet', cluster: null, nodes: [], dead: [] };

/** Returns when Ray is to be asked again, in ms of our clock; Infinity without Ray. */
export const rayAtMs = ({ ray }: Base): number =>
  ray === null ? Infinity : ray.nextMs + (ray.asking ? answerWithinMs : 0);

/** Returns when the leader is to ask again while the engine runs; Infinity for all others. */
export const rayWatchAtMs = (base: Base): number => (base.plan.ray?.role === 'head' ? rayAtMs(base) : Infinity);
