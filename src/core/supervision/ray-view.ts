import type { Base, RayView } from './state.ts';

// The edge answers within 2 s, where it asks Ray's program within 15 s; an answer that never comes must not end the asking.
const answerWithinMs = { wire: 5_000, cli: 20_000, health: 5_000 };

/** What is known of Ray before it was asked. */
export const unasked: RayView = {
  asking: false,
  nextMs: 0,
  why: 'not asked yet',
  silent: null,
  unknown: null,
  cluster: null,
  nodes: [],
  dead: [],
};

/** How Ray is asked: on the wire of its GCS; by `ray status`; whether its GCS serves at all. */
export type RayMeans = 'wire' | 'cli' | 'health';

/** Returns by what means Ray is asked: where its GCS cannot be read, the leader needs its nodes, an agent only a head. */
export const rayMeans = ({ ray, plan }: Base): RayMeans =>
  (ray?.unknown ?? null) === null ? 'wire' : plan.ray?.role === 'agent' ? 'health' : 'cli';

/** Returns when Ray is to be asked again, in ms of our clock; Infinity without Ray. */
export const rayAtMs = (base: Base): number => {
  const { ray } = base;
  return ray === null ? Infinity : ray.nextMs + (ray.asking ? answerWithinMs[rayMeans(base)] : 0);
};

/** Returns when the leader is to ask again while the engine runs; Infinity for all others, and where the GCS cannot be read. */
export const rayWatchAtMs = (base: Base): number =>
  base.plan.ray?.role === 'head' && rayMeans(base) === 'wire' ? rayAtMs(base) : Infinity;
