// Facts to plan, shared by plan, check, run and local: everything up to the first effect is the same for all.
import type { Facts } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { commandOf } from '#core/plan/command-words.ts';
import { makePlan } from '#core/plan/make-plan.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';
import { gatherFacts } from '#edge/facts/gather.ts';

import type { Context } from './context.ts';

type Words = { readonly options: Options; readonly argv: readonly string[] };

type Prepared = { readonly facts: Facts; readonly plan: LaunchPlan };

/** Returns the plan of a launch on this machine, now, with the facts that it was made of; starts nothing. */
export async function prepareWithFacts({ options, argv }: Words, { env, readYaml }: Context): Promise<Prepared> {
  const facts = await gatherFacts(env, options, commandOf(argv));
  const { engineConfig } = facts;
  const text = engineConfig !== null && 'text' in engineConfig ? engineConfig.text : null;
  const document = text === null ? null : await readYaml(text);
  const plan = makePlan(facts, options, argv, document);
  if (plan.foreignRay.length === 0) return { facts, plan };
  // Loaded only where it is asked for: most launches have nobody to ask.
  const { findHead } = await import('#edge/ray/head.ts');
  const foreignRay = await findHead(plan.foreignRay);
  if (foreignRay === null) return { facts, plan };
  const known = { ...facts, foreignRay };
  return { facts: known, plan: makePlan(known, options, argv, document) };
}

/** Returns the plan alone. */
export const prepare = async (words: Words, context: Context): Promise<LaunchPlan> =>
  (await prepareWithFacts(words, context)).plan;
