// Facts to plan, shared by plan, run and local: everything up to the first effect is the same for all.
import type { Options } from '#core/options.ts';
import { commandOf } from '#core/plan/command-words.ts';
import { makePlan } from '#core/plan/make-plan.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';
import { gatherFacts } from '#edge/facts/gather.ts';

import type { Context } from './context.ts';

type Words = { readonly options: Options; readonly argv: readonly string[] };

/** Returns the plan of a launch on this machine, now; starts nothing. */
export async function prepare({ options, argv }: Words, { env, readYaml }: Context): Promise<LaunchPlan> {
  const facts = await gatherFacts(env, options, commandOf(argv));
  const { engineConfig } = facts;
  const text = engineConfig !== null && 'text' in engineConfig ? engineConfig.text : null;
  const document = text === null ? null : await readYaml(text);
  const plan = makePlan(facts, options, argv, document);
  if (plan.foreignRay.length === 0) return plan;
  // Loaded only where it is asked for: most launches have nobody to ask.
  const { findHead } = await import('#edge/ray/head.ts');
  const foreignRay = await findHead(plan.foreignRay);
  return foreignRay === null ? plan : makePlan({ ...facts, foreignRay }, options, argv, document);
}
