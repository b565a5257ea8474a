// What /status says, as types: filled from the state by status.ts, shown by status-text.ts.
import type { InferOutput } from 'valibot';

import type { Cause } from '#core/group/cause.ts';

import type { memberSchema, statusSchema, waitSchema } from './schema.ts';

type Deep<T> = T extends readonly (infer E)[]
  ? readonly Deep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;

export type StatusDocument = Deep<InferOutput<typeof statusSchema>>;
export type StatusMember = Deep<InferOutput<typeof memberSchema>>;
export type StatusWait = Deep<InferOutput<typeof waitSchema>>;

/** The answer to one probe, with the reason in one line. */
export type Check = { readonly ok: boolean; readonly reason: string };

/** Everything the status server can be asked, as of now. */
export type StatusView = {
  readonly live: Check;
  readonly ready: Check;
  readonly started: Check;
  readonly status: StatusDocument;
  /** Read only when a client on this node asks. */
  readonly tail: () => readonly string[];
};

/** Returns the document without what the engine printed, for readers elsewhere. */
export const withoutTails = (document: StatusDocument): StatusDocument => ({
  ...document,
  cause: withoutLines(document.cause),
  members: document.members.map((member) => ({ ...member, cause: withoutLines(member.cause) })),
  tail: null,
});

const withoutLines = (cause: Cause | null): Cause | null => (cause === null ? null : { ...cause, lastLines: [] });
