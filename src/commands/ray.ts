import type { LaunchPlan } from '#core/plan/plan.ts';
import type { AskRay } from '#edge/perform.ts';
import { childEnv } from '#edge/processes/child-env.ts';

/** Returns how Ray is asked: in the environment of its own processes, the mode of its token above all. */
export function openRay(plan: LaunchPlan, own: Readonly<Record<string, string>>): AskRay {
  const planned = plan.document.processes.find(({ name }) => name !== 'engine')?.env ?? { set: {}, unset: [] };
  const env = childEnv(own, planned);
  return async (asked, over) => {
    const { askRay } = await import('#edge/ray/ask.ts');
    return askRay(asked, env, over);
  };
}
