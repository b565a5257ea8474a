// Preflight: whether `run` with these words could start on this node, now. Starts nothing.
import { exitOf } from '#core/check/line.ts';
import { questionsOf } from '#core/check/questions.ts';
import { checkDocument, checkLines, renderCheck } from '#core/check/report.ts';
import { askAll } from '#edge/check/ask.ts';

import type { Story } from './context.ts';
import { prepareWithFacts } from './prepare.ts';

// Of all questions together, after the facts that the plan needs.
const boundMs = 5_000;

/** Prints a line for each thing that was looked at, and resolves to the exit status of the first refusal, or 0. */
export const check: Story<'check'> = async (command, context) => {
  const { facts, plan } = await prepareWithFacts(command, context);
  const asked = await askAll(questionsOf(plan, facts.env), boundMs);
  const lines = checkLines(facts, plan, asked);
  await context.stdout(
    command.options.json ? `${JSON.stringify(checkDocument(lines), null, 2)}\n` : renderCheck(lines),
  );
  return exitOf(lines);
};
