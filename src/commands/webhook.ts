// The admission webhook: serves until it is told to stop, says what it stamped and refused.
import { exitCode, problem } from '#core/errors.ts';
import type { Problem } from '#core/errors.ts';
import { renderDuration } from '#core/options.ts';
import type { Options } from '#core/options.ts';
import { quote } from '#core/quote.ts';
import { renderProblem } from '#core/report/problem-text.ts';
import { openLogger } from '#edge/output/logger.ts';
import type { Logger } from '#edge/output/logger.ts';
import { readCertificate } from '#edge/webhook/certificate.ts';
import type { CertificateFiles } from '#edge/webhook/certificate.ts';
import type { WebhookServer } from '#edge/webhook/server.ts';
import { parseOperatorVersion } from '#upstream/version.ts';

import type { Story } from './context.ts';
import { listenToSignals } from './signals.ts';
import type { SignalQueue } from './signals.ts';
import { serveWebhook } from './webhook-serving.ts';

const stopMs = 10_000;

/** Serves until SIGTERM or SIGINT and resolves to 0, or to why it cannot: 64, 65, 71 or 78. */
export const webhook: Story<'webhook'> = async ({ options }, { stderr, signals, terminalWidth }) => {
  const refuse = async (problems: readonly Problem[]): Promise<number> => {
    await stderr(problems.map(renderProblem).join(''));
    return exitCode(problems[0]?.name ?? 'internal');
  };
  const settings = readSettings(options);
  if ('problems' in settings) return await refuse(settings.problems);
  const read = await readCertificate(settings.files);
  if (!read.ok) {
    const hint = 'name a certificate and its key with --cert and --key';
    return await refuse([problem(read.missing ? 'config' : 'input', `cannot serve HTTPS: ${read.reason}`, hint)]);
  }
  const format = options['log-format'] ?? (terminalWidth() === null ? 'json' : 'text');
  const logger = openLogger({ format, level: options['log-level'], base: {} });
  const served = await serveWebhook({
    ...settings,
    port: options['https-port'],
    certificate: read.certificate,
    logger,
  });
  if ('message' in served) return await refuse([served]);
  await stopAsked(served, signals, logger);
  return exitCode('stopped');
};

type Settings = { readonly files: CertificateFiles; readonly version: string };

function readSettings(options: Options): Settings | { readonly problems: readonly Problem[] } {
  const { cert, key, 'operator-version': version } = options;
  if (cert === null || key === null || version === null) {
    const missing = Object.entries({ cert, key, 'operator-version': version }).filter(([, value]) => value === null);
    const names = missing.map(([name]) => `--${name}`).join(', ');
    const hint = 'write, for example: vllm-launch webhook --cert tls.crt --key tls.key --operator-version 1.0.0';
    return { problems: [problem('usage', `cannot run the webhook: ${names} is missing`, hint)] };
  }
  if (parseOperatorVersion(version) !== null) return { files: { cert, key }, version };
  const message = `cannot use --operator-version ${quote(version)}: it is no version to the operator`;
  return { problems: [problem('usage', message, 'write a version such as 1.0.0')] };
}

/** Resolves when what was in flight at the first signal is finished, or cut off by a second one or after ten seconds. */
async function stopAsked(server: WebhookServer, signals: SignalQueue, { say }: Logger): Promise<void> {
  let asked = 0;
  const name = await new Promise<string>((resolve) => {
    listenToSignals(signals, (signal) => {
      if (!['SIGTERM', 'SIGINT', 'SIGQUIT'].includes(signal.name)) return;
      asked += 1;
      if (asked > 1) server.cut();
      resolve(signal.name);
    });
  });
  say('info', `${name}: stops listening and finishes ${server.inFlight()} requests`);
  const cutOff = await server.close(stopMs);
  if (cutOff > 0) say('warn', `cut off ${cutOff} requests that were not done after ${renderDuration(stopMs)}`);
}
