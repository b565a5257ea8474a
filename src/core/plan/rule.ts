// What a decision rule is asked and what it answers.
import type { Problem, Warning } from '#core/errors.ts';
import type { PodinfoReading } from '#core/identity/podinfo.ts';
import type { Options } from '#core/options.ts';
import { quote } from '#core/quote.ts';

import type { Decision } from './plan.ts';

/** The engine command's own --distributed-executor-backend, with the word as the user wrote it. */
export type EngineFlag = { readonly value: string; readonly word: string };

export type DecisionInput = {
  readonly options: Options;
  readonly podinfo: PodinfoReading;
  readonly env: Readonly<Record<string, string>>;
  readonly engineFlag: EngineFlag | null;
};

export type ExecutorChoice = Pick<Decision, 'executor' | 'rule' | 'annotation' | 'reason'>;

/** `choice` is null where the rule does not apply and the next one is asked. */
export type Answer = {
  readonly choice: ExecutorChoice | null;
  readonly warnings: readonly Warning[];
  readonly problems: readonly Problem[];
};

export const pass: Answer = { choice: null, warnings: [], problems: [] };

/** Returns the answer that decides. */
export const decided = (choice: ExecutorChoice, warnings: readonly Warning[] = []): Answer => ({
  choice,
  warnings,
  problems: [],
});

/** Returns an annotation with the place where it stood: `annotation KEY is "VALUE" (/etc/podinfo/annotations)`. */
export const sayAnnotation = ({ origins }: PodinfoReading, key: string, value: string): string =>
  `annotation ${key} is ${quote(value)} (${origins[key] ?? 'unknown source'})`;

/** Returns the warning of an annotation that is there and empty, which counts as absent. */
export const emptyWarnings = (podinfo: PodinfoReading, key: string): Warning[] =>
  Object.hasOwn(podinfo.annotations, key) && podinfo.annotations[key] === ''
    ? [{ code: 'annotation-empty', message: `${sayAnnotation(podinfo, key, '')}: taken as absent` }]
    : [];
