// Dynamo's system status server, which tells when a worker is ready (dynamo.md 9).
import { problem } from '#core/errors.ts';
import { given } from '#core/identity/given.ts';
import { quote } from '#core/quote.ts';

import type { Launch, Remarks } from './launch.ts';
import { noRemarks } from './launch.ts';

type Env = Readonly<Record<string, string>>;

const variable = 'DYN_SYSTEM_PORT';
/** The port that this launcher sets where the user set none, the operator's own. */
export const systemPort = 9090;
// Dynamo reads the port into 16 bits with a sign; 0 is any port, less is off.
const greatest = 32_767;

/** Returns the port, or null where the user switched the server off, left the port to chance or gave none that Dynamo takes. */
export function systemPortOf(env: Env): number | null {
  const port = read(given(env, variable));
  return port !== null && port > 0 ? port : null;
}

/** Returns the paths that both answer 200 once the worker is ready. */
export const systemPaths = (env: Env): readonly string[] => [
  given(env, 'DYN_SYSTEM_LIVE_PATH') ?? '/live',
  given(env, 'DYN_SYSTEM_HEALTH_PATH') ?? '/health',
];

/** Returns a problem for a port that Dynamo does not take, and a warning where nothing will tell that the worker is ready. */
export function systemServerRemarks({ profile, facts }: Launch): Remarks {
  const text = given(facts.env, variable);
  if (profile !== 'dynamo' || text === null) return noRemarks;
  const port = read(text);
  if (port === null) {
    const message = `cannot use ${variable} ${quote(text)} of the environment: Dynamo takes 1 to ${greatest}, 0 for any port and -1 for none`;
    return { warnings: [], problems: [problem('config', message, `correct ${variable}, or leave it to vllm-launch`)] };
  }
  if (port > 0) return noRemarks;
  const message = `${variable} is ${port}, so nothing tells when the engine is ready: it counts as ready once it runs`;
  return { warnings: [{ code: 'readiness-unknown', message }], problems: [] };
}

function read(text: string | null): number | null {
  if (text === null) return systemPort;
  const port = /^-?\d{1,6}$/.test(text) ? Number(text) : null;
  return port !== null && Math.abs(port) <= greatest ? port : null;
}
