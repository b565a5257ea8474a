// The part of a plan's text that says how we know: who this node is, and which backend by which rule.
import { quoteList } from '#core/quote.ts';
import { keysSeen } from '#core/plan/operator-keys.ts';
import type { PlanDocument, Rule } from '#core/plan/plan.ts';

import { columns, hang } from './wrap.ts';

/** Returns lines on the identity, with every source that was considered and why it won or lost. */
export function describeNode({ identity, gpus }: PlanDocument, width: number): string[] {
  const { leader, nodes, claims } = identity;
  const facts = [
    `${placeOf(identity)}${identity.group === null ? '' : `, group ${identity.group}`}`,
    ...(identity.generation === null ? [] : [`generation ${identity.generation}`]),
    ...(leader === null ? [] : [`the leader is ${leader.host}, group port ${leader.port} (${leader.via})`]),
    ...(nodes === null ? [] : [`the nodes by rank: ${quoteList(nodes)}`]),
    gpus.count === null
      ? 'the number of GPUs is not known'
      : `${gpus.count} ${gpus.count === 1 ? 'GPU' : 'GPUs'} here (${gpus.source ?? 'source not known'})`,
  ];
  const known = facts.map((fact) => hang('  ', fact, width));
  if (claims.length === 0) return known;
  return [
    ...known,
    '  how it is known:',
    columns(
      claims.map((claim) => [claimHead(claim), claim.why]),
      width,
      '    ',
    ),
  ];
}

function placeOf({ rank, size, role }: PlanDocument['identity']): string {
  if (role === 'single') return 'a single node';
  if (rank === null)
    return size === null ? 'rank and size are not known' : `one of ${size} nodes; the rank is not known`;
  return `rank ${rank} of ${size ?? 'an unknown number'}${role === null ? '' : `, ${role}`}`;
}

const claimHead = ({ source, used, complete }: PlanDocument['identity']['claims'][number]): string =>
  `${used ? 'used    ' : 'not used'}  ${source}${complete ? '' : ' (incomplete)'}`;

const rules: Readonly<Record<Rule, string>> = {
  option: 'the option --executor says so',
  override: 'the override annotation says so',
  'engine-flag': "the engine command's own --distributed-executor-backend says so",
  'origin-version': 'the version of the operator that created the deployment',
  'operator-version': 'the version of the operator that created the deployment',
  legacy: 'a Dynamo deployment from before versions were stamped',
  default: 'nothing says otherwise',
  'not-needed': 'no engine spans nodes, so none is chosen',
};

/** Returns lines on the decision: executor, rule, the annotation that decided, the sentence, and what annotations were seen. */
export function describeBackend({ decision, annotations }: PlanDocument, width: number): string[] {
  const { executor, rule, annotation, reason } = decision;
  const head = `${executor ?? 'none'}${rule === null ? '' : `, by rule ${rule}: ${rules[rule]}`}`;
  const seen = Object.entries(annotations.values).map(([key, value]) => `${key}=${value}`);
  const none = annotations.source === null && seen.length === 0;
  const source = annotations.source ?? 'a source that is not known';
  const read = none
    ? 'no annotations were read'
    : `annotations read from ${source}${seen.length === 0 ? ', none' : ':'}`;
  return [
    hang('  ', head, width),
    ...(annotation === null ? [] : [hang('  decided by ', `${annotation.key}=${annotation.value}`, width)]),
    ...(reason === '' ? [] : [hang('  ', reason, width)]),
    hang('  ', read, width),
    ...seen.map((line) => hang('    ', line, width)),
    ...(none && rule !== 'legacy' ? [] : [hang('  ', operatorKeys(annotations.values), width)]),
  ];
}

function operatorKeys(values: PlanDocument['annotations']['values']): string {
  const { seen, unseen } = keysSeen(values);
  const parts = [
    ...(seen.length === 0 ? [] : [`seen ${seen.join(', ')}`]),
    ...(unseen.length === 0 ? [] : [`not seen ${unseen.join(', ')}`]),
  ];
  return `the operator's keys: ${parts.join('; ')}`;
}
