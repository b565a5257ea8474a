// Who this launcher is. `exec` is a member of nothing and needs no random names: loading node:crypto would cost it 4 ms of its start.
import { randomBytes, randomUUID } from 'node:crypto';

import type { Self } from '#core/group/group.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';

import { selfOf } from './supervise.ts';

/** Returns who this launcher is: a new incarnation with a key of its own. */
export function newSelf(plan: LaunchPlan, digest: (key: string) => Self['fields']): Self {
  const key = randomBytes(16).toString('hex');
  return { ...selfOf(plan, randomUUID(), key), fields: digest(key) };
}
