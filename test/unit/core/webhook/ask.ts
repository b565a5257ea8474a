// The webhook as the API server meets it, without a socket: a review in, an answer and the object as it is stored out.
import { answerRequest } from '#core/webhook/answer.ts';
import { noMetrics } from '#core/webhook/metrics.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Annotations = Readonly<Record<string, string>> | null;

export const stampKey = 'nvidia.com/dynamo-operator-version';
export const originKey = 'nvidia.com/dynamo-operator-origin-version';
export const backendKey = 'nvidia.com/vllm-distributed-executor-backend';

/** A deployment in v1alpha1 with these annotations, and one service with those. */
export const alpha = (metadata: Annotations = null, pods: Annotations = null): Json => ({
  apiVersion: 'nvidia.com/v1alpha1',
  kind: 'DynamoGraphDeployment',
  metadata: { name: 'd', ...(metadata === null ? {} : { annotations: metadata }) },
  spec: { services: { decode: pods === null ? {} : { extraPodMetadata: { annotations: pods } } } },
});

/** The same in v1beta1. */
export const beta = (metadata: Annotations = null, pods: Annotations = null): Json => ({
  apiVersion: 'nvidia.com/v1beta1',
  kind: 'DynamoGraphDeployment',
  metadata: { name: 'd', ...(metadata === null ? {} : { annotations: metadata }) },
  spec: {
    components: [{ name: 'decode', ...(pods === null ? {} : { podTemplate: { metadata: { annotations: pods } } }) }],
  },
});

/** An AdmissionReview as the API server writes it. */
export const review = (operation: string, object: Json, oldObject: Json = null, more: Record<string, Json> = {}) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'f0b1',
    kind: { group: 'nvidia.com', version: 'v1alpha1', kind: 'DynamoGraphDeployment' },
    resource: { group: 'nvidia.com', version: 'v1alpha1', resource: 'dynamographdeployments' },
    operation,
    namespace: 'ns',
    name: 'd',
    userInfo: { username: 'somebody' },
    object,
    oldObject,
    dryRun: false,
    ...more,
  },
});

export type Answered = {
  readonly status: number;
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly patchType?: string;
    readonly patch?: string;
    readonly warnings?: readonly string[];
    readonly status?: { readonly code: number; readonly message: string };
  };
};

/** What the webhook answers to a review. */
export function ask(path: '/mutate' | '/validate', asked: unknown, version = '0.9.0'): Answered {
  const body = typeof asked === 'string' ? asked : JSON.stringify(asked);
  const answer = answerRequest({ method: 'POST', url: path, body }, version, () => ({ ...noMetrics, inFlight: 0 }));
  return { ...(JSON.parse(answer.body) as Pick<Answered, 'response'>), status: answer.status };
}

type Operation = { readonly op: string; readonly path: string; readonly value: Json };

/** The patch of a response, decoded. */
export const patchOf = ({ response }: Answered): readonly Operation[] =>
  response.patch === undefined ? [] : (JSON.parse(Buffer.from(response.patch, 'base64').toString()) as Operation[]);

/** An object after a patch of `add` operations, as RFC 6902 says; throws where the place is not there. */
export function patched(object: Json, operations: readonly Operation[]): Json {
  const copy = JSON.parse(JSON.stringify({ root: object })) as Record<string, unknown>;
  for (const { op, path, value } of operations) {
    if (op !== 'add') throw new Error(`${op} is not expected`);
    const keys = `root${path}`.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const parent = keys.slice(0, -1).reduce<Record<string, unknown>>((at, key) => {
      if (!Object.hasOwn(at, key) || typeof at[key] !== 'object' || at[key] === null) throw new Error(`no ${path}`);
      return at[key] as Record<string, unknown>;
    }, copy);
    Object.defineProperty(parent, keys.at(-1) ?? '', { value, enumerable: true, configurable: true, writable: true });
  }
  return copy['root'] as Json;
}

/** The object as it is stored after the mutating webhook, and its answer. */
export function stored(operation: string, object: Json, oldObject: Json = null, version = '0.9.0') {
  const answer = ask('/mutate', review(operation, object, oldObject), version);
  return { answer, object: patched(object, patchOf(answer)) };
}
