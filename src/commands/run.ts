// The job: find out, gate, start, supervise, report.
import { isatty } from 'node:tty';

import { exitCode } from '#core/errors.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';
import { renderProblem } from '#core/report/problem-text.ts';
import { digestFields } from '#edge/group/digest.ts';
import { noJournal, openJournal } from '#edge/journal.ts';
import { flushOutput } from '#edge/output/drain.ts';
import { openTail } from '#edge/output/tail.ts';

import type { CommandOf, Context, Story } from './context.ts';
import { prepare } from './prepare.ts';
import type { RunRooms } from './run-rooms.ts';
import { lateRooms } from './late-rooms.ts';
import { openRay } from './ray.ts';
import { newSelf } from './self.ts';
import { noLinks, supervise } from './supervise.ts';

/** Runs the launch of this node and resolves to its exit status. */
export const run: Story<'run'> = async (command, context) => {
  const plan = await prepare(command, context);
  return plan.problems.length > 0 ? await refuse(plan, command, context) : await launch(plan, command, context);
};

async function refuse(plan: LaunchPlan, { options }: CommandOf<'run'>, { stderr }: Context): Promise<number> {
  const { refusalMessage } = await import('./run-rooms.ts');
  await stderr(plan.problems.map(renderProblem).join(''));
  refusalMessage(plan, options);
  return exitCode(plan.problems[0]?.name ?? 'internal');
}

async function launch(plan: LaunchPlan, { options }: CommandOf<'run'>, context: Context): Promise<number> {
  const visible = isatty(1) && isatty(2);
  const output = options.output ?? (visible ? 'inherit' : 'relay');
  const openLinks = plan.fate === 'together' ? (await import('#edge/links.ts')).openLinks : null;
  const self = newSelf(plan, (key) => digestFields(key, plan.fingerprint));
  const journal = options.journal === null ? noJournal : openJournal(context.env);
  const late = lateRooms();
  const load = async (): Promise<RunRooms> => (await import('./run-rooms.ts')).openRunRooms(plan, options, self);
  // A child that inherits our descriptors must not find them changed by an import after its start (pid1.md section 7).
  if (output === 'inherit') late.arrive(await load());
  const running = supervise({
    plan,
    env: context.env,
    signals: context.signals,
    self,
    output,
    terminal: isatty(0) && output === 'inherit',
    tail: openTail(),
    journal,
    links: (push) => openLinks?.(self, push, (message) => late.say('warn', message)) ?? noLinks,
    askRay: openRay(plan, context.env),
    say: late.say,
    writeTermination: late.writeTermination,
  });
  if (output === 'relay') late.arrive(await load());
  const rooms = await late.rooms;
  await rooms.serve(running, output);
  const code = await running.ended;
  const written = await rooms.leave(running.loop.state(), code, journal);
  await flushOutput();
  return written ? code : code === 0 ? exitCode('io') : code;
}
