// Which annotations nobody could mean: a backend that is none, a version that the operator cannot read.
import { quote } from '#core/quote.ts';
import type { Deployment, Place } from '#upstream/dynamo/deployment.ts';
import { placesOf } from '#upstream/dynamo/deployment.ts';
import { backendAnnotation, backendGates, backendValues, operatorVersionAnnotation } from '#upstream/dynamo/keys.ts';
import { parseOperatorVersion } from '#upstream/version.ts';

/** A value that is refused; `field` is where it stands, as Kubernetes writes fields. */
export type Finding = { readonly field: string; readonly message: string };

/** Returns what is wrong with the annotations of a deployment that are its own or reach its pods. */
export function findings(deployment: Deployment): readonly Finding[] {
  const { metadata, templates, passedOn } = placesOf(deployment);
  return [metadata, ...passedOn, ...templates].flatMap(findingsAt);
}

/** Returns the findings that an update brings: what was wrong before and is left as it was does not keep anybody from editing the rest. */
export function newFindings(deployment: Deployment, before: Deployment | null): readonly Finding[] {
  const old = new Set((before === null ? [] : findings(before)).map(({ message }) => message));
  return findings(deployment).filter(({ message }) => !old.has(message));
}

/** Tells whether a deployment bears our stamp: others are from before the webhook or from around it. */
export const isStamped = ({ metadata }: Deployment): boolean =>
  placesOf({ metadata, spec: null }).metadata.annotations.has(operatorVersionAnnotation);

const versionKeys: readonly string[] = backendGates.map(({ key }) => key);

function findingsAt({ path, annotations }: Place): Finding[] {
  return [backendAnnotation, ...versionKeys].flatMap((key) => {
    const value = annotations.get(key);
    if (value === undefined) return [];
    const field = `${path.join('.')}[${key}]`;
    const why = key === backendAnnotation ? wrongBackend(value) : wrongVersion(value);
    return why === null ? [] : [{ field, message: `${field} is ${quote(value)}, ${why}` }];
  });
}

const wrongBackend = (value: string): string | null =>
  backendValues.includes(value.toLowerCase()) ? null : 'and only mp or ray are allowed: write one of them or remove it';

const wrongVersion = (value: string): string | null =>
  parseOperatorVersion(value) === null
    ? 'which is no version to the operator: write one such as 1.0.0 or remove it'
    : null;
