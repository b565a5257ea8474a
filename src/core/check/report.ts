// The whole check: lines in order, as text or as a document, and the exit status.
import { exitCode } from '#core/errors.ts';
import type { Facts } from '#core/facts.ts';
import type { LaunchPlan } from '#core/plan/plan.ts';

import { factLines } from './fact-lines.ts';
import { exitOf, lineOfProblem, lineOfWarning, verdictOf } from './line.ts';
import type { Line } from './line.ts';
import { linesOf } from './lines.ts';
import type { Asked } from './question.ts';

/** Returns all lines: what the plan refuses, as `run` would first, then what was found out, then what was asked. */
export function checkLines(facts: Facts, plan: LaunchPlan, asked: readonly Asked[]): Line[] {
  return [
    ...plan.problems.map(lineOfProblem),
    ...factLines(facts, plan),
    ...asked.flatMap(linesOf),
    ...plan.document.warnings.map(lineOfWarning),
  ];
}

const marks: Readonly<Record<Line['level'], string>> = { ok: 'ok   ', warning: 'warn ', refused: 'FAIL ' };

/** Returns the lines as a person reads them, and what follows from them. */
export function renderCheck(lines: readonly Line[]): string {
  const rows = lines.map(
    ({ level, message, hint }) => `${marks[level]} ${oneLine(message)}${hint === null ? '' : `; ${oneLine(hint)}`}`,
  );
  return `${[...rows, conclusion(lines)].join('\n')}\n`;
}

const oneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ');

function conclusion(lines: readonly Line[]): string {
  const count = (level: Line['level'], word: string) => {
    const number = lines.filter((line) => line.level === level).length;
    return number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`];
  };
  const found = [...count('refused', 'refusal'), ...count('warning', 'warning')].join(', ');
  const name = verdictOf(lines);
  if (name === null) return `run would start${found === '' ? '' : ` (${found})`}`;
  return `run would fail with ${exitCode(name)} (${name}): ${found}`;
}

export type CheckDocument = {
  readonly schema: 1;
  readonly code: number;
  readonly name: string | null;
  readonly lines: readonly (Line & { readonly code: number | null })[];
};

/** Returns the lines as `check --json` prints them. */
export const checkDocument = (lines: readonly Line[]): CheckDocument => ({
  schema: 1,
  code: exitOf(lines),
  name: verdictOf(lines),
  lines: lines.map((line) => ({ ...line, code: line.name === null ? null : exitCode(line.name) })),
});
