// What `run` would do and why. Starts nothing.
import { exitCode } from '#core/errors.ts';
import { maskPlan } from '#core/report/mask-plan.ts';
import { renderPlan } from '#core/report/plan-text.ts';

import type { Story } from './context.ts';
import { prepare } from './prepare.ts';

/** Prints the plan, as text or as its document, and resolves to the exit status with which `run` would refuse, or 0. */
export const plan: Story<'plan'> = async (command, context) => {
  const { options } = command;
  const { env, stdout, terminalWidth } = context;
  const { document, problems, rehearsal } = await prepare(command, context);
  const shown = options['show-secrets'] ? document : maskPlan(document, env);
  const width = Math.min(terminalWidth() ?? 100, 120);
  await stdout(options.json ? `${JSON.stringify(shown, null, 2)}\n` : renderPlan(shown, { width, rehearsal }));
  return problems[0] === undefined ? 0 : exitCode(problems[0].name);
};
