// An AdmissionReview before anything else reads it. Maps are read by their own entries: keys are other people's, `__proto__` among them.
import * as v from 'valibot';

import { quote } from '#core/quote.ts';
import { printable } from '#core/text.ts';
import { deploymentGroup, deploymentKind } from '#upstream/dynamo/deployment.ts';
import type { Deployment } from '#upstream/dynamo/deployment.ts';

import { operations, reviewKind, reviewVersion } from './review.ts';
import type { Review, ReviewRead } from './review.ts';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const anObject = v.custom<object>(isObject, 'an object belongs here');

/** valibot's own object would take a list. */
const objectOf = <E extends v.ObjectEntries>(entries: E) => v.pipe(anObject, v.object(entries));

/** What is absent and what is null are the same to Kubernetes. */
const orNull = <S extends v.GenericSchema>(schema: S) => v.optional(v.nullable(schema), null);

/** valibot's own record leaves out `__proto__`, `constructor` and `prototype`, of which a service may have the name. */
const mapOf = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    anObject,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const map = new Map<string, v.InferOutput<S>>();
      for (const [key, value] of Object.entries(dataset.value) as [string, unknown][]) {
        const read = v.safeParse(schema, value, { abortEarly: true });
        if (!read.success) {
          const below = v.getDotPath(read.issues[0]);
          addIssue({ message: `at ${quote(key)}${below === null ? '' : `, ${below}`}: ${issueWords(read.issues[0])}` });
          return NEVER;
        }
        map.set(key, read.output);
      }
      return map;
    }),
  );

const annotations = orNull(mapOf(v.string()));
const annotated = orNull(objectOf({ annotations }));
const podTemplate = orNull(objectOf({ metadata: annotated }));

const deploymentSchema = objectOf({
  metadata: orNull(objectOf({ annotations, deletionTimestamp: orNull(v.string()) })),
  spec: orNull(
    objectOf({
      annotations,
      services: orNull(mapOf(v.nullable(objectOf({ annotations, extraPodMetadata: annotated })))),
      components: orNull(
        v.array(objectOf({ type: orNull(v.string()), podTemplate, roles: orNull(v.array(objectOf({ podTemplate }))) })),
      ),
    }),
  ),
});

const uidSchema = v.object({ request: v.object({ uid: v.pipe(v.string(), v.minLength(1), v.maxLength(256)) }) });

const requestSchema = v.object({
  apiVersion: v.literal(reviewVersion),
  kind: v.literal(reviewKind),
  request: v.object({
    kind: v.object({ group: v.literal(deploymentGroup), kind: v.literal(deploymentKind) }),
    operation: v.picklist(operations),
    subResource: v.optional(v.string(), ''),
    namespace: v.optional(v.string(), ''),
    name: v.optional(v.string(), ''),
    object: v.optional(v.unknown()),
    oldObject: v.optional(v.unknown()),
  }),
});

const nameSchema = v.object({ metadata: v.object({ generateName: v.string() }) });

/** Returns the review that a body is, or why it is none in one short printable line. */
export function readReview(body: string): ReviewRead {
  const value = readJson(body);
  if (value === undefined) return refused(null, 'the body is not JSON');
  const identified = v.safeParse(uidSchema, value, { abortEarly: true });
  if (!identified.success) return refused(null, issueText(identified.issues[0]));
  const { uid } = identified.output.request;
  const envelope = v.safeParse(requestSchema, value, { abortEarly: true });
  if (!envelope.success) return refused(uid, issueText(envelope.issues[0]));
  const { request } = envelope.output;
  const { operation, subResource } = request;
  const common = { uid, operation, subResource, name: nameOf(request) };
  const unread = { ok: true, review: { ...common, object: null, oldObject: null } } as const;
  return readsObjects(common) ? withObjects(unread.review, request.object, request.oldObject) : unread;
}

/** DELETE has no object, CONNECT and subresources have one of another kind. */
const readsObjects = ({ operation, subResource }: Pick<Review, 'operation' | 'subResource'>): boolean =>
  subResource === '' && (operation === 'CREATE' || operation === 'UPDATE');

function withObjects(review: Review, now: unknown, before: unknown): ReviewRead {
  const object = v.safeParse(deploymentSchema, now, { abortEarly: true });
  if (!object.success) return refused(review.uid, `object: ${issueText(object.issues[0])}`);
  if (review.operation === 'CREATE') return { ok: true, review: { ...review, object: object.output } };
  // What is stored already is nobody's to refuse: where it cannot be read it bears no stamp that we know of.
  const old = before === undefined || before === null ? null : readOld(before);
  return { ok: true, review: { ...review, object: object.output, oldObject: old } };
}

const unknownDeployment: Deployment = { metadata: null, spec: null };

function readOld(value: unknown): Deployment {
  const read = v.safeParse(deploymentSchema, value, { abortEarly: true });
  return read.success ? read.output : unknownDeployment;
}

function nameOf({ namespace, name, object }: v.InferOutput<typeof requestSchema>['request']): string {
  const prefix = v.safeParse(nameSchema, object);
  const shown = name === '' && prefix.success ? `${prefix.output.metadata.generateName}*` : name;
  return printable(`${namespace}/${shown}`, 256);
}

const refused = (uid: string | null, reason: string): ReviewRead => ({ ok: false, uid, reason });

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Not swallowed: no JSON text gives undefined, so the caller can tell.
    return undefined;
  }
}

const issueText = (issue: v.BaseIssue<unknown>): string =>
  printable(`${v.getDotPath(issue) ?? 'the whole'}: ${issueWords(issue)}`, 300);

const issueWords = ({ expected, message, received, type }: v.BaseIssue<unknown>): string =>
  expected === null || type === 'custom' ? message : `${printable(received, 80)} where ${expected} belongs`;
