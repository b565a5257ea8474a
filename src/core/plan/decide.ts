// The decision: which backend by which rule, and which outcome.
import type { Remarks, Decided, Launch } from './launch.ts';
import { chooseExecutor } from './decision.ts';
import { chooseOutcome } from './outcome.ts';
import type { Decision } from './plan.ts';

/** Returns the launch with its decision; the backend applies only where one engine spans nodes. */
export function decide(launch: Launch): Remarks & { readonly launch: Decided } {
  const { options, podinfo, facts, fields } = launch;
  const engineFlag =
    fields === null || fields.executorBackend.word === null || fields.executorBackend.value === null
      ? null
      : { value: fields.executorBackend.value, word: fields.executorBackend.word };
  const choice = chooseExecutor({ options, podinfo, env: facts.env, engineFlag });
  const { outcome, reason } = chooseOutcome(launch, choice.executor ?? 'mp');
  const spans = outcome === 'mp' || outcome === 'ray';
  const decision: Decision =
    outcome !== null && !spans
      ? { outcome, executor: null, rule: 'not-needed', annotation: null, reason }
      : {
          outcome: choice.executor === null && spans ? null : outcome,
          executor: choice.executor,
          rule: choice.rule,
          annotation: choice.annotation,
          reason: spans ? `${choice.reason}; ${reason}` : reason,
        };
  const undecided = outcome === null || choice.executor === null;
  // What only matters where a backend is chosen is no remark elsewhere; a malformed annotation is one everywhere.
  const warnings = spans || undecided ? choice.warnings : [];
  return { launch: { ...launch, decision }, warnings, problems: choice.problems };
}
