// Rule 3: the operator version that created the deployment, read as the operator reads it, each key against its own threshold.
import type { Problem } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import { given } from '#core/identity/given.ts';
import type { Options } from '#core/options.ts';
import { quote } from '#core/quote.ts';
import { backendGates, leaderVariable, neutralVariablesFrom, rankVariable } from '#upstream/dynamo/keys.ts';
import type { OperatorVersion } from '#upstream/version.ts';
import { compareVersions, parseOperatorVersion } from '#upstream/version.ts';

import type { Answer, DecisionInput, ExecutorChoice } from './rule.ts';
import { decided, emptyWarnings, pass, sayAnnotation } from './rule.ts';

type Gate = {
  readonly rule: (typeof backendGates)[number]['rule'];
  readonly key: string;
  readonly from: OperatorVersion;
};

/** The thresholds as the options give them; a text that is no version is a usage problem. */
export type Gates = { readonly gates: readonly Gate[]; readonly problems: readonly Problem[] };

/** Returns the thresholds of both version annotations, in order of precedence. */
export function readGates(options: Options): Gates {
  const read = backendGates.map(({ rule, key }) => {
    const text = options[`mp-from-${rule}`];
    return { rule, key, text, from: parseOperatorVersion(text) };
  });
  return {
    gates: read.flatMap(({ rule, key, from }) => (from === null ? [] : [{ rule, key, from }])),
    problems: read.filter(({ from }) => from === null).map(({ rule, text }) => noVersion(rule, text)),
  };
}

const noVersion = (rule: string, text: string): Problem =>
  problem('usage', `cannot use --mp-from-${rule} ${quote(text)}: it is no version`, 'write a version such as 1.0.0');

/** Returns what the first version annotation that has a value decides. */
export function versionRule({ podinfo }: DecisionInput, gates: readonly Gate[]): Answer {
  const empty = gates.flatMap(({ key }) => emptyWarnings(podinfo, key));
  for (const gate of gates) {
    const value = given(podinfo.annotations, gate.key);
    if (value === null) continue;
    const said = sayAnnotation(podinfo, gate.key, value);
    const version = parseOperatorVersion(value);
    const base = { rule: gate.rule, annotation: { key: gate.key, value } };
    if (version !== null) return decided({ ...base, ...against(gate, version, said) }, empty);
    const reason = `${said}, which is no version to the operator`;
    const warning = {
      code: 'version-unparsable',
      message: `${reason}: ray is used; correct it or set the backend annotation`,
    };
    return decided({ ...base, executor: 'ray', reason }, [...empty, warning]);
  }
  return { ...pass, warnings: empty };
}

/** Returns what the provider-neutral variables prove of a Dynamo pod that shows no version (dynamo.md 1.7). */
export function neutralVariables({ env }: DecisionInput, gates: readonly Gate[]): ExecutorChoice | null {
  const variable = [rankVariable, leaderVariable].find((name) => given(env, name) !== null);
  const gate = gates.find(({ rule }) => rule === 'origin-version');
  const from = parseOperatorVersion(neutralVariablesFrom);
  if (variable === undefined || gate === undefined || from === null) return null;
  const said = `${variable} is set, which operators do from ${neutralVariablesFrom} on`;
  return { rule: gate.rule, annotation: null, ...against(gate, from, said) };
}

function against(gate: Gate, version: OperatorVersion, said: string): Pick<ExecutorChoice, 'executor' | 'reason'> {
  return compareVersions(version, gate.from) >= 0
    ? { executor: 'mp', reason: `${said}: mp from ${gate.from.text} on` }
    : { executor: 'ray', reason: `${said}: ray before ${gate.from.text}` };
}
