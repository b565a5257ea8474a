// The decision: which backend by which rule, and which outcome.
import type { Decided, Launch, Remarks } from './launch.ts';
import { chooseExecutor } from './decision.ts';
import { chooseOutcome } from './outcome.ts';
import type { Decision } from './plan.ts';
import type { EngineFlag } from './rule.ts';

/** Returns the launch with its decision; the backend applies only where one engine spans nodes. */
export function decide(launch: Launch): Remarks & { readonly launch: Decided } {
  const { options, podinfo, facts } = launch;
  const spans = spansNodes(launch);
  const choice = chooseExecutor({ options, podinfo, env: facts.env, engineFlag: engineFlagOf(launch, spans) });
  const { outcome, reason } = chooseOutcome(launch, choice.executor ?? 'mp');
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
  // What only matters where a backend is chosen is no remark elsewhere; a malformed annotation is one everywhere.
  const warnings = spans || outcome === null ? choice.warnings : [];
  return { launch: { ...launch, decision }, warnings, problems: choice.problems };
}

/** The backend names the outcome where one engine spans nodes and nowhere else, so either will do to ask. */
const spansNodes = (launch: Launch): boolean => chooseOutcome(launch, 'mp').outcome === 'mp';

/** The command's own backend. One that is neither mp nor ray (uni) contradicts only a backend that is needed. */
function engineFlagOf({ fields }: Launch, spans: boolean): EngineFlag | null {
  const { value = null, word = null } = fields?.executorBackend ?? {};
  if (value === null || word === null) return null;
  return spans || value === 'mp' || value === 'ray' ? { value, word } : null;
}
