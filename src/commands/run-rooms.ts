// The rooms of `run` that may come after the child's start: log, status server, progress, termination message.
import { isatty } from 'node:tty';

import type { Self } from '#core/group/group.ts';
import { launcherCause } from '#core/group/cause.ts';
import type { Options } from '#core/options.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';
import { finalLine, lastWords } from '#core/report/last-words.ts';
import { statusView } from '#core/report/status.ts';
import { renderTermination, terminationDocument } from '#core/report/termination.ts';
import { waitLines } from '#core/report/waiting.ts';
import type { EffectOf } from '#core/supervision/effect.ts';
import type { State } from '#core/supervision/state.ts';
import { nowMs } from '#edge/clock.ts';
import { openTermination } from '#edge/files/termination.ts';
import { writeWhole } from '#edge/files/write.ts';
import type { Journal } from '#edge/journal.ts';
import type { Logger } from '#edge/output/logger.ts';
import { openLogger } from '#edge/output/logger.ts';
import type { Progress } from '#edge/output/progress.ts';
import { openProgress } from '#edge/output/progress.ts';
import type { StatusServer } from '#edge/status/server.ts';
import { openStatusServer } from '#edge/status/server.ts';

import type { Supervised } from './supervise.ts';

export type RunRooms = {
  readonly say: (level: EffectOf<'say'>['level'], message: string) => void;
  readonly writeTermination: (state: State) => void;
  /** Opens the status server and shows progress. */
  readonly serve: (running: Supervised, output: 'relay' | 'inherit') => Promise<void>;
  /** Says the last words and closes; false where the journal could not be written. */
  readonly leave: (state: State, code: number, journal: Journal) => Promise<boolean>;
};

const progressMs = 10_000;

/** Returns the rooms of one run. */
export function openRunRooms(plan: LaunchPlan, options: Options, self: Self): RunRooms {
  const logger = openLog(plan, options, self);
  const unixMs = Date.now() - nowMs();
  const termination = openTermination(options['termination-log']);
  let lines: () => readonly string[] = () => [];
  let server: StatusServer | null = null;
  let progress: Progress | null = null;

  const writeTermination = (state: State) => {
    logger.setContext({ epoch: state.base.epoch?.counter ?? null });
    const failure = termination?.write(renderTermination(lastWords(state, unixMs, lines()))) ?? null;
    if (failure !== null) logger.say('warn', failure);
  };
  const serve = async ({ loop, lastLines }: Supervised, output: 'relay' | 'inherit') => {
    lines = lastLines;
    for (const { message } of plan.document.warnings) logger.say('warn', message);
    const terminal = isatty(2) && output !== 'inherit';
    const say = (line: string) => logger.say('info', line);
    progress = openProgress({ terminal, intervalMs: progressMs, say }, () => waitLines(loop.state(), nowMs()));
    if (options['status-port'] === 0) return;
    const view = () => statusView(asOfNow(loop.state()), unixMs, lastLines);
    const opened = await openStatusServer({ port: options['status-port'], host: options['status-host'], view });
    if (opened.ok) server = opened.server;
    else loop.push({ kind: 'statusPortTaken', reason: opened.reason });
  };
  const leave = async (state: State, code: number, journal: Journal) => {
    progress?.close();
    writeTermination(state);
    const document = lastWords(state, unixMs, lines());
    logger.say(code === 0 ? 'info' : 'error', finalLine(document, code), { termination: renderTermination(document) });
    await server?.close();
    return await writeJournal(options.journal, journal, logger);
  };
  return { say: logger.say, writeTermination, serve, leave };
}

function openLog(plan: LaunchPlan, options: Options, self: Self): Logger {
  const format = options['log-format'] ?? (isatty(2) ? 'text' : 'json');
  const base = { incarnation: self.incarnation, host: self.host, ...(plan.rehearsal ? { rehearsal: true } : {}) };
  const logger = openLogger({ format, level: options['log-level'], base });
  logger.setContext({ rank: self.rank, epoch: null });
  return logger;
}

const asOfNow = (state: State): State => ({ ...state, base: { ...state.base, nowMs: nowMs() } });

async function writeJournal(path: string | null, journal: Journal, logger: Logger): Promise<boolean> {
  const text = journal.text();
  if (text === '' || path === null) return true;
  const failure = await writeWhole(path, text, 'journal');
  if (failure !== null) logger.say('error', `${failure.message}; ${failure.hint}`);
  return failure === null;
}

/** Writes the termination message of a launch that was refused. */
export function refusalMessage(plan: LaunchPlan, options: Options): void {
  const [first] = plan.problems;
  if (first === undefined) return;
  const document = terminationDocument({
    phase: 'refused',
    sinceMs: Date.now(),
    rank: plan.document.identity.rank,
    host: plan.host,
    epoch: null,
    cause: launcherCause('refused', first.name, `${first.message}; ${first.hint}`),
    rehearsal: plan.rehearsal,
  });
  openTermination(options['termination-log'])?.write(renderTermination(document));
}
