// Which of the operator's keys this pod shows. Not every key reaches every pod: on the path over Deployments and LWS the operator
// takes origin-version off the pods' annotations (dynamo.md 4, correction).
import { given } from '#core/identity/given.ts';
import { backendAnnotation, backendGates } from '#upstream/dynamo/keys.ts';

import { isDynamoPod } from './decision.ts';
import type { Decided, Remarks } from './launch.ts';
import { noRemarks } from './launch.ts';

type Values = Readonly<Record<string, string>>;

/** The annotations by which an operator chooses a backend, in order of precedence. */
const operatorKeys: readonly string[] = [backendAnnotation, ...backendGates.map(({ key }) => key)];

/** Returns the operator's keys that have a value among annotations, and those that have none. */
export const keysSeen = (
  annotations: Values,
): { readonly seen: readonly string[]; readonly unseen: readonly string[] } => ({
  seen: operatorKeys.filter((key) => given(annotations, key) !== null),
  unseen: operatorKeys.filter((key) => given(annotations, key) === null),
});

/** Returns a warning where a backend had to be chosen in a pod of a Dynamo deployment that shows none of the keys. */
export function operatorKeyRemarks({ decision, podinfo, facts }: Decided): Remarks {
  const { seen, unseen } = keysSeen(podinfo.annotations);
  const asked = decision.rule === 'legacy' || decision.rule === 'origin-version';
  if (!asked || seen.length > 0 || !isDynamoPod(podinfo, facts.env)) return noRemarks;
  const none = `this pod of a Dynamo deployment shows none of ${unseen.join(', ')}`;
  const message =
    podinfo.source === null
      ? `${none}: its annotations are not mounted; mount them with a downward API volume at /etc/podinfo`
      : `${none} (${podinfo.source}): the operator takes the version off the pods of Deployments and LWS; set the first on the deployment, or stamp the pod templates too`;
  return { warnings: [{ code: 'operator-keys-unseen', message }], problems: [] };
}
