// What the webhook answers to which request: a pure table, so that every path is tested without a socket.
import { renderMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';
import { mutate, validate } from './decide.ts';
import type { Verdict } from './decide.ts';
import { encodePatch } from './patch.ts';
import { reviewKind, reviewVersion } from './review.ts';
import { readReview } from './schema.ts';

export type Asked = {
  readonly method: string;
  readonly url: string;
  /** Null where the bytes are no UTF-8. */
  readonly body: string | null;
};

/** What came of a review, for metrics and the log. `refused`: it was none that could be judged. */
export type Outcome = {
  readonly webhook: 'mutate' | 'validate';
  readonly operation: string;
  readonly result: 'allowed' | 'patched' | 'denied' | 'refused';
  readonly message: string;
};

export type Answer = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly outcome: Outcome | null;
};

export const reviewPaths = ['/mutate', '/validate'] as const;

/** Returns the answer to one request; `metrics` is called only where it is asked for. */
export function answerRequest({ method, url, body }: Asked, version: string, metrics: () => Metrics): Answer {
  // The API server adds ?timeout=10s.
  const path = url.split('?')[0] ?? '';
  if (path === '/mutate' || path === '/validate') {
    return method === 'POST' ? answerReview(path === '/mutate' ? 'mutate' : 'validate', body, version) : only('POST');
  }
  if (path !== '/healthz' && path !== '/metrics')
    return line(404, `not here; there are ${reviewPaths.join(' ')} /healthz /metrics`);
  if (method !== 'GET' && method !== 'HEAD') return only('GET and HEAD');
  return path === '/healthz' ? line(200, 'ok') : text(renderMetrics(metrics()));
}

function answerReview(webhook: Outcome['webhook'], body: string | null, version: string): Answer {
  const read = body === null ? ({ ok: false, uid: null, reason: 'the body is not UTF-8' } as const) : readReview(body);
  if (!read.ok) {
    const message = `cannot judge this request: ${read.reason}; send an AdmissionReview of ${reviewVersion} about a DynamoGraphDeployment`;
    const outcome: Outcome = { webhook, operation: 'unknown', result: 'refused', message };
    if (read.uid === null) return badRequest(message, outcome);
    return reviewAnswer(read.uid, { allowed: false, code: 400, message, warnings: [] }, outcome);
  }
  const { review } = read;
  const verdict = webhook === 'mutate' ? mutate(review, version) : validate(review);
  const { operation, name } = review;
  const message = verdict.allowed ? `${operation} ${name}` : verdict.message;
  return reviewAnswer(review.uid, verdict, { webhook, operation, result: resultOf(verdict), message });
}

function resultOf(verdict: Verdict): Outcome['result'] {
  if (!verdict.allowed) return 'denied';
  return verdict.patch.length > 0 ? 'patched' : 'allowed';
}

function reviewAnswer(uid: string, verdict: Verdict, outcome: Outcome): Answer {
  const warnings = verdict.warnings.length > 0 ? { warnings: verdict.warnings } : {};
  const response = verdict.allowed
    ? { uid, allowed: true, ...patchOf(verdict.patch), ...warnings }
    : { uid, allowed: false, status: statusOf(verdict.code, verdict.message), ...warnings };
  return json(200, { apiVersion: reviewVersion, kind: reviewKind, response }, outcome);
}

const patchOf = (patch: Extract<Verdict, { allowed: true }>['patch']) =>
  patch.length === 0 ? {} : { patchType: 'JSONPatch', patch: encodePatch(patch) };

/** Kubernetes' own form of a failure (meta/v1 Status): the API server shows its message. */
const statusOf = (code: number, message: string) => ({
  status: 'Failure',
  reason: code === 400 ? 'BadRequest' : 'Invalid',
  code,
  message,
});

/** Returns what is answered where there is no review to answer: a failed call for the API server, so its failure policy decides. */
export const badRequest = (message: string, outcome: Outcome | null = null, status = 400): Answer =>
  json(status, { kind: 'Status', apiVersion: 'v1', metadata: {}, ...statusOf(400, message), code: status }, outcome);

const json = (status: number, value: unknown, outcome: Outcome | null): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
  outcome,
});

const line = (status: number, said: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${said}\n`,
  outcome: null,
});

const only = (methods: string): Answer => line(405, `only ${methods}`);

const text = (body: string): Answer => ({
  status: 200,
  type: 'text/plain; version=0.0.4; charset=utf-8',
  body,
  outcome: null,
});
