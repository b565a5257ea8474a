import { createHmac } from 'node:crypto';

import { bounds } from '#core/group/bounds.ts';
import type { HelloField } from '#core/group/message.ts';
import type { FingerprintField } from '#core/plan/plan.ts';
import { cutText } from '#core/text.ts';

// What a member shows of its plan: values that are no secret, and of every value a digest that only this epoch's
// key makes comparable, so that a hidden value cannot be looked up in a list of likely ones recorded elsewhere.
const digestLength = 32;

/** Returns the fields of a hello: digests keyed with the leader's key, values only where they are shown. */
export const digestFields = (key: string, fields: readonly FingerprintField[]): HelloField[] =>
  fields.map(({ field, value, shown }) => ({
    field,
    value: shown ? cutText(value, bounds.value) : null,
    digest: digestOf(key, field, value),
  }));

// The name is part of what is digested: equal values of two fields do not show that they are equal.
const digestOf = (key: string, field: string, value: string): string =>
  createHmac('sha256', key).update(`${field}\0${value}`).digest('hex').slice(0, digestLength);
