// What the webhook counts, and as Prometheus reads it (text exposition format 0.0.4).
import type { Outcome } from './answer.ts';

/** Upper bounds of the histogram in seconds: the goal is 10 ms, an API server waits 10 s. */
const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10] as const;

export type Counted = {
  /** Reviews by labels. */
  readonly reviews: ReadonlyMap<string, number>;
  /** How many reviews took no longer than each bound and more than the one before; the last place is for the rest. */
  readonly buckets: readonly number[];
  readonly seconds: number;
  readonly reloads: { readonly ok: number; readonly failed: number };
  /** End of the certificate's validity, in seconds since 1970. */
  readonly notAfter: number;
};

export type Metrics = Counted & { readonly inFlight: number };

export const noMetrics: Counted = {
  reviews: new Map(),
  buckets: [...bounds, 0].map(() => 0),
  seconds: 0,
  reloads: { ok: 0, failed: 0 },
  notAfter: 0,
};

/** Returns the metrics with one more review that took so many ms. */
export function withReview(metrics: Counted, { webhook, operation, result }: Outcome, tookMs: number): Counted {
  const labels = `webhook="${webhook}",operation="${operation}",result="${result}"`;
  const seconds = tookMs / 1_000;
  const found = bounds.findIndex((bound) => seconds <= bound);
  const at = found === -1 ? bounds.length : found;
  return {
    ...metrics,
    reviews: new Map(metrics.reviews).set(labels, (metrics.reviews.get(labels) ?? 0) + 1),
    buckets: metrics.buckets.map((count, index) => (index === at ? count + 1 : count)),
    seconds: metrics.seconds + seconds,
  };
}

/** Returns the metrics after a look at the certificate; `notAfterMs` is null where the old one stays. */
export function withReload(metrics: Counted, result: 'ok' | 'failed' | null, notAfterMs: number | null): Counted {
  const { reloads } = metrics;
  return {
    ...metrics,
    reloads: result === null ? reloads : { ...reloads, [result]: reloads[result] + 1 },
    notAfter: notAfterMs === null ? metrics.notAfter : Math.round(notAfterMs / 1_000),
  };
}

/** Returns the metrics as text. */
export function renderMetrics({ reviews, buckets, seconds, reloads, notAfter, inFlight }: Metrics): string {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  const upTo = bounds.map((bound, index) => [
    `{le="${bound}"}`,
    buckets.slice(0, index + 1).reduce((sum, count) => sum + count, 0),
  ]);
  const name = 'vllm_launch_webhook_review_duration_seconds';
  return [
    ...family('vllm_launch_webhook_reviews_total', 'counter', 'Reviews by what came of them.', [
      ...[...reviews].map(([labels, count]) => [`{${labels}}`, count] as const),
    ]),
    ...head(name, 'histogram', 'Time from a request to its answer.'),
    ...upTo.map(([labels, count]) => `${name}_bucket${labels} ${count}`),
    `${name}_bucket{le="+Inf"} ${total}`,
    `${name}_sum ${seconds}`,
    `${name}_count ${total}`,
    ...family('vllm_launch_webhook_requests_in_flight', 'gauge', 'Requests that are being read or answered.', [
      ['', inFlight],
    ]),
    ...family('vllm_launch_webhook_certificate_reloads_total', 'counter', 'Certificates read again after a change.', [
      ['{result="ok"}', reloads.ok],
      ['{result="failed"}', reloads.failed],
    ]),
    ...family('vllm_launch_webhook_certificate_not_after_seconds', 'gauge', 'When the certificate ends, since 1970.', [
      ['', notAfter],
    ]),
    '',
  ].join('\n');
}

const head = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

const family = (name: string, type: string, help: string, rows: readonly (readonly [string, number])[]): string[] => [
  ...head(name, type, help),
  ...rows.map(([labels, value]) => `${name}${labels} ${value}`),
];
