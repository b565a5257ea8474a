// The webhook's server with what surrounds it: its counts, its certificate as it is renewed, its log.
import { problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import type { Outcome } from '#core/webhook/answer.ts';
import { noMetrics, withReload, withReview } from '#core/webhook/metrics.ts';
import { nowMs } from '#edge/clock.ts';
import type { Logger } from '#edge/output/logger.ts';
import { watchCertificate } from '#edge/webhook/certificate.ts';
import type { Certificate, CertificateFiles } from '#edge/webhook/certificate.ts';
import { openWebhookServer } from '#edge/webhook/server.ts';
import type { WebhookServer } from '#edge/webhook/server.ts';

export type Serving = {
  readonly files: CertificateFiles;
  readonly version: string;
  readonly port: number;
  readonly certificate: Certificate;
  readonly logger: Logger;
};

/** Returns the running server, or the problem `os` where the port cannot be had. */
export async function serveWebhook(serving: Serving): Promise<WebhookServer | Problem> {
  const { files, version, port, certificate, logger } = serving;
  let counted = withReload(noMetrics, null, certificate.notAfterMs);
  const tell = teller(logger);
  const opened = await openWebhookServer({
    port,
    version,
    certificate,
    metrics: () => counted,
    judged: (outcome, tookMs) => {
      counted = withReview(counted, outcome, tookMs);
      tell(outcome);
    },
  });
  if (!opened.ok)
    return problem('os', `cannot listen: ${opened.reason}`, 'free the port or name another with --https-port');
  const { server } = opened;
  const unwatch = watchCertificate(files, certificate, {
    changed: (next) => {
      server.use(next);
      counted = withReload(counted, 'ok', next.notAfterMs);
      logger.say('info', `certificate read again, valid until ${new Date(next.notAfterMs).toISOString()}`);
    },
    failed: (reason) => {
      counted = withReload(counted, 'failed', null);
      logger.say('error', `cannot read the certificate again: ${reason}; the old one stays in use, renew it`);
    },
  });
  logger.say('info', `the webhook listens on port ${server.port} and stamps ${version}`, { port: server.port });
  const close = (limitMs: number): Promise<number> => {
    unwatch();
    return server.close(limitMs);
  };
  return { ...server, close };
}

const levels = { allowed: 'debug', patched: 'info', denied: 'warn', refused: 'warn' } as const;
const windowMs = 10_000;
const mostLines = 50;

/** Returns what says each review in a line, at most fifty in ten seconds: reviews come as fast as others send them. */
function teller(logger: Logger): (outcome: Outcome) => void {
  let window = { untilMs: 0, lines: 0 };
  return ({ webhook, result, message }) => {
    const now = nowMs();
    if (now >= window.untilMs) {
      const unsaid = window.lines - mostLines;
      if (unsaid > 0) logger.say('warn', `${unsaid} more reviews were not said; /metrics counts them all`);
      window = { untilMs: now + windowMs, lines: 0 };
    }
    if (levels[result] !== 'debug') window = { ...window, lines: window.lines + 1 };
    if (window.lines <= mostLines) logger.say(levels[result], `${webhook}: ${result}: ${message}`);
  };
}
