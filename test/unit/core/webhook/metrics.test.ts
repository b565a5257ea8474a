import { expect, test } from 'vitest';

import { noMetrics, renderMetrics, withReload, withReview } from '#core/webhook/metrics.ts';

const outcome = { webhook: 'mutate', operation: 'CREATE', result: 'patched', message: '' } as const;

test('reviews are counted by what came of them and by how long they took, reloads by how they went', () => {
  const times = [0.4, 1, 30, 60_000];
  const reviewed = times.reduce((metrics, ms) => withReview(metrics, outcome, ms), noMetrics);
  const refused = withReview(reviewed, { ...outcome, result: 'refused', operation: 'unknown' }, 3);
  const counted = withReload(withReload(refused, 'ok', 1_800_000_000_400), 'failed', null);
  expect(renderMetrics({ ...counted, inFlight: 2 })).toMatchInlineSnapshot(`
    "# HELP vllm_launch_webhook_reviews_total Reviews by what came of them.
    # TYPE vllm_launch_webhook_reviews_total counter
    vllm_launch_webhook_reviews_total{webhook="mutate",operation="CREATE",result="patched"} 4
    vllm_launch_webhook_reviews_total{webhook="mutate",operation="unknown",result="refused"} 1
    # HELP vllm_launch_webhook_review_duration_seconds Time from a request to its answer.
    # TYPE vllm_launch_webhook_review_duration_seconds histogram
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.001"} 2
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.0025"} 2
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.005"} 3
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.01"} 3
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.025"} 3
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.05"} 4
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.1"} 4
    vllm_launch_webhook_review_duration_seconds_bucket{le="0.5"} 4
    vllm_launch_webhook_review_duration_seconds_bucket{le="1"} 4
    vllm_launch_webhook_review_duration_seconds_bucket{le="10"} 4
    vllm_launch_webhook_review_duration_seconds_bucket{le="+Inf"} 5
    vllm_launch_webhook_review_duration_seconds_sum 60.0344
    vllm_launch_webhook_review_duration_seconds_count 5
    # HELP vllm_launch_webhook_requests_in_flight Requests that are being read or answered.
    # TYPE vllm_launch_webhook_requests_in_flight gauge
    vllm_launch_webhook_requests_in_flight 2
    # HELP vllm_launch_webhook_certificate_reloads_total Certificates read again after a change.
    # TYPE vllm_launch_webhook_certificate_reloads_total counter
    vllm_launch_webhook_certificate_reloads_total{result="ok"} 1
    vllm_launch_webhook_certificate_reloads_total{result="failed"} 1
    # HELP vllm_launch_webhook_certificate_not_after_seconds When the certificate ends, since 1970.
    # TYPE vllm_launch_webhook_certificate_not_after_seconds gauge
    vllm_launch_webhook_certificate_not_after_seconds 1800000000
    "
  `);
});

test('what has not happened is nought', () => {
  expect(renderMetrics({ ...noMetrics, inFlight: 0 })).toMatch(
    /_count 0\n[^]*requests_in_flight 0\n[^]*="failed"} 0\n/,
  );
});
