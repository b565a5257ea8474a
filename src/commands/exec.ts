// Only the process care: any command, no identity, exit code passed through. Small on purpose, for its start is measured.
import { hostname } from 'node:os';
import { isatty } from 'node:tty';

import { execPlan } from '#core/plan/exec-plan.ts';
import { noJournal } from '#edge/journal.ts';
import { openTail } from '#edge/output/tail.ts';

import type { Story } from './context.ts';
import { openPlainLogger } from '#edge/output/plain-logger.ts';
import { noLinks, noRay, selfOf, supervise } from './supervise.ts';

/** Runs the command and resolves to its exit status. */
export const exec: Story<'exec'> = async ({ options, origins, argv }, { env, signals }) => {
  const plan = execPlan(options, argv, hostname());
  // Nothing is imported after the spawn: the child shares our descriptors (pid1.md section 7).
  const logger = openPlainLogger((origins['log-level'] ?? 'default') === 'default' ? 'warn' : options['log-level']);
  const { ended } = supervise({
    plan,
    env,
    signals,
    self: selfOf(plan, 'exec', ''),
    output: options.output ?? 'inherit',
    terminal: isatty(0),
    tail: openTail(),
    journal: noJournal,
    links: () => noLinks,
    askRay: noRay,
    say: logger.say,
    writeTermination: () => undefined,
  });
  return await ended;
};
