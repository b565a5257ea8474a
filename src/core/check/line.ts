// One line of `check`: what was looked at, and whether `run` would stand it.
import { exitCode } from '#core/errors.ts';
import type { ExitName, Problem, Warning } from '#core/errors.ts';

export type Line = {
  readonly level: 'ok' | 'warning' | 'refused';
  /** What it is about, in a word to search for. */
  readonly about: string;
  readonly message: string;
  /** What to do, null where there is nothing to do. */
  readonly hint: string | null;
  /** How `run` would fail; null where it would not. */
  readonly name: ExitName | null;
};

/** Returns a line that all is well. */
export const ok = (about: string, message: string): Line => ({ level: 'ok', about, message, hint: null, name: null });

/** Returns a line that `run` would go on from. */
export const warning = (about: string, message: string, hint: string | null = null): Line => ({
  level: 'warning',
  about,
  message,
  hint,
  name: null,
});

/** Returns a line that `run` would fail with. */
export const refused = (about: string, name: ExitName, message: string, hint: string): Line => ({
  level: 'refused',
  about,
  message,
  hint: hint === '' ? null : hint,
  name,
});

/** Returns the line of something that the plan refuses. */
export const lineOfProblem = ({ name, message, hint }: Problem): Line => refused('plan', name, message, hint);

/** Returns the line of something that the plan warns of. */
export const lineOfWarning = ({ code, message }: Warning): Line => warning(code, message);

/** Returns the name of the first refusal, which decides the exit status; null where nothing is refused. */
export const verdictOf = (lines: readonly Line[]): ExitName | null =>
  lines.find(({ level }) => level === 'refused')?.name ?? null;

/** Returns the exit status of `check`: the first refusal's, else 0. */
export function exitOf(lines: readonly Line[]): number {
  const name = verdictOf(lines);
  return name === null ? 0 : exitCode(name);
}
