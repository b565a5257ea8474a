import { rayFolder } from '#core/plan/ray-folder.ts';

import type { Base } from './state.ts';

/** Returns the folder that Ray gets on this node, or null without Ray. */
export const ownRayFolder = ({ plan, self }: Base): string | null =>
  plan.ray === null ? null : rayFolder(plan.ray.temp, self.incarnation);
