// mp or ray (design section 2, rules 0 to 4): the first rule that applies decides, and says by what value of what source.
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { given } from '#core/identity/given.ts';
import type { PodinfoReading } from '#core/identity/podinfo.ts';
import { backendAnnotation, deploymentVariable, dynamoKeyPrefix } from '#upstream/dynamo/keys.ts';

import type { Executor } from './plan.ts';
import type { Answer, DecisionInput, EngineFlag, ExecutorChoice } from './rule.ts';
import { decided, emptyWarnings, pass, sayAnnotation } from './rule.ts';
import { neutralVariables, readGates, versionRule } from './version-rule.ts';

/** Returns the backend for an engine that spans nodes; `executor` is null where the problems say why there is none. */
export function chooseExecutor(
  input: DecisionInput,
): ExecutorChoice & { readonly warnings: readonly Warning[]; readonly problems: readonly Problem[] } {
  const { gates, problems } = readGates(input.options);
  const rules = [
    optionRule,
    overrideRule,
    engineFlagRule,
    (asked: DecisionInput) => versionRule(asked, gates),
    (asked: DecisionInput) => originRule(neutralVariables(asked, gates), asked),
  ];
  const answers: Answer[] = [{ ...pass, problems }];
  for (const rule of rules) {
    const settled = answers.some((answer) => answer.choice !== null || answer.problems.length > 0);
    if (!settled) answers.push(rule(input));
  }
  const refused = answers.flatMap((answer) => answer.problems);
  const choice = answers.find((answer) => answer.choice !== null)?.choice ?? none;
  const decision = refused.length > 0 ? { ...none, reason: refused[0]?.message ?? '' } : choice;
  return { ...decision, warnings: answers.flatMap((answer) => answer.warnings), problems: refused };
}

const none: ExecutorChoice = { executor: null, rule: null, annotation: null, reason: '' };

/** Tells whether this is a pod of a Dynamo deployment; no other DYN_*, DYNAMO_* or GROVE_* variable says so. */
export const isDynamoPod = (podinfo: PodinfoReading, env: Readonly<Record<string, string>>): boolean =>
  given(env, deploymentVariable) !== null ||
  [podinfo.annotations, podinfo.labels].some((map) => Object.keys(map).some((key) => key.startsWith(dynamoKeyPrefix)));

const isExecutor = (value: string): value is Executor => value === 'mp' || value === 'ray';

function optionRule({ options, engineFlag }: DecisionInput): Answer {
  const { executor } = options;
  if (executor === null) return pass;
  const reason = `--executor ${executor} says so`;
  return unlessContradicted(
    { executor, rule: 'option', annotation: null, reason },
    engineFlag,
    `--executor ${executor}`,
  );
}

function overrideRule({ options, podinfo, engineFlag }: DecisionInput): Answer {
  const key = backendAnnotation;
  const value = given(podinfo.annotations, key);
  if (value === null) return { ...pass, warnings: emptyWarnings(podinfo, key) };
  const said = sayAnnotation(podinfo, key, value);
  const executor = value.toLowerCase();
  if (isExecutor(executor)) {
    const choice: ExecutorChoice = { executor, rule: 'override', annotation: { key, value }, reason: said };
    return unlessContradicted(choice, engineFlag, said);
  }
  if (options['lenient-annotations']) {
    return { ...pass, warnings: [{ code: 'annotation-invalid', message: `${said}, not mp or ray: ignored` }] };
  }
  const hint = `set ${key} to mp or ray, remove it, or give --lenient-annotations to ignore it`;
  return {
    ...pass,
    problems: [problem('config', `cannot choose a backend: ${said}, and only mp or ray are allowed`, hint)],
  };
}

function unlessContradicted(choice: ExecutorChoice, flag: EngineFlag | null, said: string): Answer {
  if (flag === null || flag.value === choice.executor) return decided(choice);
  const message = `cannot choose a backend: ${said}, but the command says ${flag.word} (${flag.value})`;
  return { ...pass, problems: [problem('config', message, 'remove one of them, or make them equal')] };
}

function engineFlagRule({ engineFlag }: DecisionInput): Answer {
  if (engineFlag === null || !isExecutor(engineFlag.value)) return pass;
  const reason = `the command says ${engineFlag.word} (${engineFlag.value})`;
  return decided({ executor: engineFlag.value, rule: 'engine-flag', annotation: null, reason });
}

/** Rule 4: no version at all. */
function originRule(proven: ExecutorChoice | null, { podinfo, env }: DecisionInput): Answer {
  if (!isDynamoPod(podinfo, env)) {
    return decided({
      ...none,
      executor: 'mp',
      rule: 'default',
      reason: 'this is no pod of a Dynamo deployment, so mp',
    });
  }
  if (proven !== null) return decided(proven);
  const reason = 'a pod of a Dynamo deployment without an operator version is from before the upgrade, so ray';
  return decided({ ...none, executor: 'ray', rule: 'legacy', reason });
}
