// Stamping and validation by operation (design section 4; dynamo.md section 4).
import { quoteList } from '#core/quote.ts';
import { cutText, printable } from '#core/text.ts';

import type { Operation } from './patch.ts';
import type { Review } from './review.ts';
import { stamp } from './stamp.ts';
import { findings, isStamped, newFindings } from './validate.ts';
import type { Finding } from './validate.ts';

export type Verdict =
  | { readonly allowed: true; readonly patch: readonly Operation[]; readonly warnings: readonly string[] }
  | {
      readonly allowed: false;
      readonly code: 400 | 422;
      readonly message: string;
      readonly warnings: readonly string[];
    };

const allowed = { allowed: true, patch: [], warnings: [] } as const satisfies Verdict;

/** Returns the stamp for a deployment that is being created, and nothing for whatever else happens to one. */
export function mutate({ operation, object }: Review, version: string): Verdict {
  return operation === 'CREATE' && object !== null ? { ...allowed, patch: stamp(object, version) } : allowed;
}

/**
 * Returns whether a deployment may be created or changed so. A deployment without our stamp is from before the webhook: its update is
 * never refused, what is wrong with it is said as a warning. Nor is one that is on its way out, whose finalizers must come off.
 */
export function validate({ operation, object, oldObject, name }: Review): Verdict {
  if (object === null) return allowed;
  if (operation === 'CREATE') return judge(name, findings(object));
  if (object.metadata?.deletionTimestamp != null) return allowed;
  const wrong = newFindings(object, oldObject);
  const old = oldObject !== null && !isStamped(oldObject);
  return old ? { ...allowed, warnings: wrong.slice(0, 8).map(asWarning) } : judge(name, wrong);
}

function judge(name: string, wrong: readonly Finding[]): Verdict {
  if (wrong.length === 0) return allowed;
  const message = `cannot accept DynamoGraphDeployment ${name}: ${quoteList(wrong.map((each) => each.message))}`;
  return { allowed: false, code: 422, message: cutText(message, 4_096), warnings: [] };
}

// Kubernetes cuts warnings at 256 characters and drops those with control characters.
const asWarning = ({ message }: Finding): string => printable(message, 256);
