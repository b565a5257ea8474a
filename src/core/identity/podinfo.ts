// Annotations and labels of this pod, from the downward API's files and from single variables (--annotation-env KEY=VAR).
import type { Problem, Warning } from '#core/errors.ts';
import { problem } from '#core/errors.ts';
import type { Facts, TextFile } from '#core/facts.ts';
import { notThere } from '#core/facts.ts';
import type { Options } from '#core/options.ts';
import { defaultPodinfo } from '#core/options.ts';
import { quote } from '#core/quote.ts';
import { parseDownwardMap } from '#upstream/kubernetes/downward.ts';

import { given } from './given.ts';

type Values = Readonly<Record<string, string>>;

export type PodinfoReading = {
  readonly annotations: Values;
  readonly labels: Values;
  /** The directory and the variables that were read, or null where there was nothing to read. */
  readonly source: string | null;
  /** Where each annotation stood: a file or a variable. */
  readonly origins: Values;
  readonly warnings: readonly Warning[];
  readonly problems: readonly Problem[];
};

type Reading = {
  readonly values: Values;
  readonly origins: Values;
  readonly source: string | null;
  readonly warnings: readonly Warning[];
  readonly problems: readonly Problem[];
};

const nothing: Reading = { values: {}, origins: {}, source: null, warnings: [], problems: [] };

/** Returns what is known of this pod. A directory that is not there is no problem, a malformed file is one (65). */
export function readPodinfo(facts: Pick<Facts, 'podinfo' | 'env'>, options: Options): PodinfoReading {
  const { podinfo, env } = facts;
  const annotations = podinfo === null ? nothing : readMap(podinfo.annotations);
  const labels = podinfo === null ? nothing : readMap(podinfo.labels);
  const single = readVariables(options['annotation-env'] ?? [], env);
  const sources = [
    ...(podinfo !== null && (annotations.source ?? labels.source) !== null ? [podinfo.directory] : []),
    ...(single.source === null ? [] : [single.source]),
  ];
  return {
    annotations: { ...annotations.values, ...single.values },
    labels: labels.values,
    source: sources.length === 0 ? null : sources.join(', '),
    origins: { ...annotations.origins, ...single.origins },
    warnings: [...whereNothingIs(podinfo, options), ...single.warnings, ...differing(annotations, single)],
    problems: [...annotations.problems, ...labels.problems, ...single.problems],
  };
}

function readMap(file: TextFile): Reading {
  if ('missing' in file) {
    if (file.missing === notThere) return nothing;
    return refused(`cannot read ${file.path}: ${file.missing}`);
  }
  const map = parseDownwardMap(file.text);
  if (!map.ok) return refused(`cannot read ${file.path}:${map.line}:${map.column}: ${map.message}`);
  const origins = Object.fromEntries([...map.values.keys()].map((key) => [key, file.path]));
  return { ...nothing, values: Object.fromEntries(map.values), origins, source: file.path };
}

const refused = (message: string): Reading => ({
  ...nothing,
  problems: [
    problem('input', message, 'mount metadata.annotations and metadata.labels whole, as the kubelet writes them'),
  ],
});

type Single = { readonly key: string; readonly variable: string };

/** Reads each KEY=VAR; an empty variable is an absent annotation, as fieldRef gives it. */
function readVariables(pairs: readonly string[], env: Values): Reading {
  const singles = pairs.map(readPair);
  const known = singles.filter((single) => single !== null);
  const found = known.filter(({ variable }) => given(env, variable) !== null);
  return {
    values: Object.fromEntries(found.map(({ key, variable }) => [key, given(env, variable) ?? ''])),
    origins: Object.fromEntries(found.map(({ key, variable }) => [key, `variable ${variable}`])),
    source: found.length === 0 ? null : found.map(({ variable }) => `variable ${variable}`).join(', '),
    warnings: known.filter(({ variable }) => !Object.hasOwn(env, variable)).map(unset),
    problems: pairs.filter((_, index) => singles[index] === null).map(noPair),
  };
}

function readPair(pair: string): Single | null {
  const [, key, variable] = /^([^=\s]+)=([^=\s]+)$/.exec(pair) ?? [];
  return key === undefined || variable === undefined ? null : { key, variable };
}

const noPair = (pair: string): Problem =>
  problem('usage', `cannot use --annotation-env ${quote(pair)}: it is not KEY=VAR`, 'write --annotation-env KEY=VAR');

const unset = ({ key, variable }: Single): Warning => ({
  code: 'annotation-variable-unset',
  message: `variable ${variable} is not there, so annotation ${key} is taken as absent`,
});

// What the user names is worth a word where it is missing; the default directory is only a place to look.
const whereNothingIs = (podinfo: Facts['podinfo'], { podinfo: directory }: Options): Warning[] =>
  podinfo !== null || directory === defaultPodinfo
    ? []
    : [{ code: 'podinfo-missing', message: `--podinfo ${directory} is not there: no annotation was read from it` }];

/** The file follows edits of a running pod, a variable does not: where they differ the variable is as old as this start. */
const differing = (file: Reading, single: Reading): Warning[] =>
  Object.entries(single.values).flatMap(([key, value]) => {
    const other = given(file.values, key);
    if (other === null || other === value) return [];
    const [ours, theirs] = [single.origins[key] ?? '', file.origins[key] ?? ''];
    const message = `annotation ${key} is ${quote(value)} in ${ours} and ${quote(other)} in ${theirs}: the first is used`;
    return [{ code: 'annotation-differs', message }];
  });
